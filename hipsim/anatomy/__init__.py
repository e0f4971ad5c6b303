"""What the shapes are: sides, landmarks, frames, structures, measures, the hip, virtual hips."""
