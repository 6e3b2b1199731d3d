package ui

// quietLabel leaves the "optional" remark off a filter's field: all filters are.
func quietLabel(f Field) Field {
	f.Required = false
	f.quiet = true
	return f
}
