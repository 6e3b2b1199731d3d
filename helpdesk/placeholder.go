package helpdesk

import (
	"regexp"
	"slices"
	"strings"
)

// placeholder is a word between double braces, {{so_phieu}}: letters, digits and _.
var placeholder = regexp.MustCompile(`\{\{\s*([^{}]*?)\s*\}\}`)

// The placeholders of texts that people keep. Their names are part of those texts and
// so never change; helpdesk.stock.word.NAME says what each stands for.
var (
	answerWords   = []string{"so_phieu", "tieu_de", "nguoi_hoi", "don_vi", "dich_vu", "han_xu_ly", "nguoi_tra_loi", "ngay"}
	templateWords = []string{"nguoi_hoi", "don_vi", "ngay"}
)

// unknownWords are the placeholders of a text that are not among the known ones, each
// once, in the order of the text.
func unknownWords(text string, known []string) []string {
	var all []string
	for _, m := range placeholder.FindAllStringSubmatch(text, -1) {
		if !slices.Contains(known, m[1]) && !slices.Contains(all, m[1]) {
			all = append(all, m[1])
		}
	}
	return all
}

// fillIn puts values in the place of placeholders; one without a value stays as it is,
// so that nobody sends a hole by mistake. Values are never looked through again.
func fillIn(text string, values map[string]string) string {
	return placeholder.ReplaceAllStringFunc(text, func(found string) string {
		name := strings.TrimSpace(strings.Trim(found, "{}"))
		if v, ok := values[name]; ok && v != "" {
			return v
		}
		return found
	})
}
