// Package draw draws a tree of people as an SVG file: a part of an org chart
// that can be printed, put into a presentation and enlarged without loss.
//
// [SVG] measures the text of each box, places the boxes so that the drawing is
// narrow, symmetrical and free of overlaps, and writes one element after the
// other. Where a box stands is found in time proportional to the number of
// people, by the method of Buchheim, Jünger and Leipert ("Improving Walker's
// Algorithm to Run in Linear Time", 2002) with boxes of different widths.
//
// The file is SVG 1.1 with presentation attributes only: no style sheet, no
// script, no link, no font and no picture from elsewhere, so that it looks the
// same wherever it is opened. Text of any kind is shown as text.
//
// The package knows neither directory nor pages: it takes nodes of its own.
package draw
