"use strict";
// Numbers as people read them, and arrays out of the page's data.

const MINUS = "\u2212";

function asMm(value, digits = 1) {
  const shown = Number(value.toFixed(digits));
  return (shown < 0 ? MINUS : "") + Math.abs(shown).toFixed(digits);
}

function asGain(value) {
  const shown = Number(value.toFixed(1));
  return (shown > 0 ? "+" : "") + asMm(shown);
}

function unpacked(told) {
  const text = atob(told.data);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i += 1) bytes[i] = text.charCodeAt(i);
  const kinds = { u1: Uint8Array, u2: Uint16Array, u4: Uint32Array, f8: Float64Array, i8: BigInt64Array };
  return new kinds[told.kind](bytes.buffer);
}

function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  Object.assign(made, properties);
  made.append(...children);
  return made;
}

function drawn(name, attributes = {}, text = null) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== null) made.textContent = text;
  return made;
}
