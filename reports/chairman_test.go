package reports

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestTheChairmansPaperIsOnePageAndADraft measures the paper in which a long difficulty
// would push the signature to a second page, and looks for the word that makes it a draft.
func TestTheChairmansPaperIsOnePageAndADraft(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		r, err := h.RunNow(t.Context(), everywhere("planner"), "chairman", "KH198", city)
		if err != nil {
			t.Fatal(err)
		}
		h.due(1)
		pdf := h.file(r.ID, PDF)
		file := filepath.Join(t.TempDir(), "chairman.pdf")
		if err := os.WriteFile(file, pdf, 0o600); err != nil {
			t.Fatal(err)
		}
		info, err := exec.CommandContext(t.Context(), "pdfinfo", file).Output()
		if err != nil {
			t.Fatalf("pdfinfo (Debian package poppler-utils): %v", err)
		}
		text := pdftotext(t, pdf)
		if said := strings.Join(strings.Fields(string(info)), " "); !strings.Contains(said, "Pages: 1 ") {
			t.Errorf("%s\n%s", said, text)
		}
		for _, want := range []string{"TỜ TRÌNH", "DỰ THẢO", "/TTr-", "KẾT QUẢ", "NHIỆM VỤ KỲ TỚI", "Nơi nhận:"} {
			if !strings.Contains(text, want) {
				t.Errorf("the paper does not say %q:\n%s", want, text)
			}
		}
	})
}
