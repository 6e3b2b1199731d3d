// Package paper is the page on which the house prints: A4 with the margins of Nghị
// định 30/2020/NĐ-CP and the house's font, the head with the nation's name, text,
// tables, signatures, and sheets of labels.
//
// Always true: every text comes in translated; the same content with the same moment
// gives the same bytes, so that a stored file can be proved by its hash; a table
// repeats its head on each page; it knows neither database nor clock nor HTTP.
package paper
