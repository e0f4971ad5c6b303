"""The sources of published expectations, once.

Figures are those of abstracts and pages that were read; what a review quotes from another is not
used. Where years or journals could not be checked only the study is named.
"""

SOURCES = {
    "johnson": "Johnson 2017, Skeletal Radiol: 20 hips, MRI",
    "singer": "Singer 2015, meta-analysis: 140 control and 217 symptomatic hips, MRI",
    "schroder": "Schroder 2015, J Hip Preserv Surg 2:410, doi 10.1093/jhps/hnv067: 250 hips, MRI",
    "audenaert": "Audenaert 2021, J Hip Preserv Surg 7:677, doi 10.1093/jhps/hnab004: 40 000 "
    "virtual hips",
    "ge": "Ge 2019, doi 10.13929/j.1003-3289.201804073",
    "kivlan": "Kivlan 2017: 25 cadaver hips",
    "arthroscopy": "Arthroscopy 2024, doi 10.1016/j.arthro.2024.03.038: 33 cadaver hips",
    "jxwk": "jxwk 20201151: CT simulation, 29 hips with impingement and 40 without",
    "wang": "Wang Y 2023, doi 10.3389/fbioe.2023.1067600: 9 and 9 people, MRI and motion capture",
    "heimann": "Heimann 2023, doi 10.1186/s13244-023-01524-4: 121 hips, MRI",
    "faber": "Kivlan 2016, doi 10.1093/jhps/hnw017: 23 cadaver hips",
    "hatem": "Hatem 2020: repeated MRI",
    "jarth": "J Arthroplasty 2017, doi 10.1016/j.arth.2017.03.054: 60 CT",
    "turgut": "Turgut 2020, PMC7286169: 860 CT",
    "hapa": "Acta Orthop Traumatol Turc 2018;52:54, doi 10.1016/j.aott.2017.11.006: 15 hips, 8 "
    "male cadavers",
    "aguilera": "Aguilera-Bohorquez 2020, KSSTA: 16 hips operated on",
    "bjr": "BJR 2020, doi 10.1259/bjr.20190556: 137 hips, MRI",
    "boschung": "Boschung 2023, Am J Sports Med: 50 hips with posterior impingement",
    "version100": "100 patients, CT, four methods (orthoglobe 42116605)",
    "bjo": "doi 10.1302/2633-1462.310.BJO-2022-0102.R1",
    "kouyoumdjian": "Kouyoumdjian 2012: passive rotation of 120 adults; Bunn 2012, PMC3254736: "
    "bone allows more than 110 flexion, 30 extension, 40 external rotation",
    "budget": "CT surface 0.8 mm (Soodmand 2018, doi 10.1186/s12938-018-0461-0), hip centre and "
    "pose added up",
    "geometry": "follows from geometry",
}  # fmt: skip
