// Package render turns a report that is already worded and counted into files: a
// PDF laid out as Nghị định 30/2020/NĐ-CP prescribes for official documents, and a
// workbook with real numbers. It reads nothing, neither database nor clock: the
// same Document gives the same bytes, so that a stored file can be proved by its
// hash.
//
// Always true: every text comes in translated; a number reaches the page and the
// sheet from the same cell; a table repeats its head on each page and never splits
// a row; page numbers stand at the top and not on page 1; without a number and a
// signature the document says that it is a draft, if the caller gives the word.
package render
