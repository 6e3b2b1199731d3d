package render

import "slices"

// Fitted is a document whose charts are drawn, shortened until it takes no more than so many
// pages; 0 allows any number. The chart goes first, since its sentence stays in the text;
// then the last item of the longest list, again and again. What is left out is counted in a
// sentence at the end: the page on the site shows everything.
func Fitted(d Document, most int) (Document, error) {
	d, err := Drawn(d)
	if err != nil || most <= 0 {
		return d, err
	}
	short, left := d, 0
	for {
		_, pages, err := laid(noted(short, left))
		if err != nil {
			return d, err
		}
		if pages <= most {
			return noted(short, left), nil
		}
		next, ok := shorter(short)
		if !ok {
			return noted(short, left), nil
		}
		short, left = next, left+1
	}
}

// shorter is a document without one block or item; false when nothing can be spared.
func shorter(d Document) (Document, bool) {
	section, block := -1, -1
	longest := make(List, 1) // the last line of a list is not spared
	for i, sec := range d.Sections {
		for j, b := range sec.Blocks {
			if _, is := b.(Figure); is {
				return without(d, i, slices.Delete(slices.Clone(sec.Blocks), j, j+1)), true
			}
			if l, is := b.(List); is && len(l) > len(longest) {
				section, block, longest = i, j, l
			}
		}
	}
	if section < 0 {
		return d, false
	}
	blocks := slices.Clone(d.Sections[section].Blocks)
	blocks[block] = longest[: len(longest)-1 : len(longest)-1]
	return without(d, section, blocks), true
}

func without(d Document, section int, blocks []Block) Document {
	d.Sections = slices.Clone(d.Sections)
	d.Sections[section].Blocks = blocks
	return d
}

// noted says at the end how much was left out.
func noted(d Document, left int) Document {
	if left == 0 || len(d.Sections) == 0 || d.Shortened == nil {
		return d
	}
	last := len(d.Sections) - 1
	return without(d, last, append(slices.Clone(d.Sections[last].Blocks), Paragraph(d.Shortened(left))))
}
