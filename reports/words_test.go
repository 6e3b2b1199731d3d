package reports

import (
	"io/fs"
	"testing/fstest"
)

// testWords are the sentences of the fake neighbours.
type testWords struct{}

// Open opens one of the two catalogues.
func (testWords) Open(name string) (fs.File, error) {
	const say = `{"test.lacks": "Thiếu {what}"}`
	return fstest.MapFS{"locale/vi.json": {Data: []byte(say)}, "locale/en.json": {Data: []byte(say)}}.Open(name)
}
