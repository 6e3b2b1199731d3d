// Package views is the pages of training.
package views

import "strconv"

// viewBox is the box of a drawing of so many modules with its quiet border.
func viewBox(side int) string {
	n := strconv.Itoa(side)
	return "0 0 " + n + " " + n
}
