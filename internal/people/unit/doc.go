// Package unit finds the units of a directory (departments, divisions,
// organizations, cost centres, and what else an administrator calls one), which
// of them are probably one unit spelt in two ways, and who leads each.
//
// A unit is an attribute and a value that somebody active has: there is no list
// of units in a directory, only people who say where they belong. Two values are
// one unit only if they are the same text (trimmed, Unicode NFC); near misses are
// reported as [Unit.Spellings] and never merged, for "Sales 1" and "Sales 2" are
// as near as "Sales" and "Salse".
//
// No directory says who leads a unit either. Two kinds of evidence do, and
// neither is enough:
//
//   - Structure: of the unit's active members, those who report to no other
//     member are its tops. A top to whom at least half of the others report leads
//     it. Several who share it lead it jointly. Where nobody inside leads, the
//     nearest manager of them all does, from outside.
//   - Title: "Head of Payments", "VP Payments", "Payments lead", in a few
//     languages; not "Assistant to the Head of Payments", and not "Sales manager"
//     where several people are one.
//
// If both name one and the same person the answer is [Certain]; if only one of
// them names somebody, [Likely]; if they name different people, a
// [Disagreement], which chooses nobody. An administrator's word beats both.
// Whatever the class, [Head] says how much of the unit the answer covers.
//
// People are numbers: 0 … n-1 in the caller's order, -1 for nobody. The package
// knows no names and reads no store.
package unit
