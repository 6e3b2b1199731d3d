package demo

import (
	"context"
	"path"
	"strings"

	"lotrinh/helpdesk"
	"lotrinh/helpdesk/knowledge"
	"lotrinh/internal/kit/access"
)

// articles writes and publishes the first articles of the knowledge base. A file holds
// lines "name: value", an empty line, and the text.
func (h House) articles(ctx context.Context, who access.Actor) error {
	files, err := data.ReadDir("data/articles")
	if err != nil {
		return err
	}
	for _, f := range files {
		raw, err := data.ReadFile(path.Join("data/articles", f.Name()))
		if err != nil {
			return err
		}
		head, body, _ := strings.Cut(string(raw), "\n\n")
		said := map[string]string{}
		for line := range strings.SplitSeq(head, "\n") {
			name, value, _ := strings.Cut(line, ": ")
			said[name] = value
		}
		a, err := h.Knowledge.Write(ctx, who, knowledge.Text{Title: said["title"], Lead: said["lead"], Body: body,
			Service: helpdesk.Category(said["service"]), Audience: knowledge.Audience(said["audience"])})
		if err == nil {
			_, err = h.Knowledge.Publish(ctx, who, a.Seq, a.Version)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
