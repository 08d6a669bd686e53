package main

import (
	"fmt"
	"io"
	"strings"

	"rstorm/clients/errtext"
)

// writeEntriesMarkdown writes a section per client, in the order of the
// entries, and what no text tells.
func writeEntriesMarkdown(w io.Writer, entries []errtext.Entry) error {
	var b strings.Builder
	b.WriteString("# What error texts mean\n\n" +
		"Written by `rstorm explain --all --format markdown`; a test compares. `rstorm explain 'TEXT'` looks one up.\n" +
		"A verdict is a library's own finding, and stands against a code beside it; system is what the operating system\n" +
		"said; a wrapper counts only where nothing within it is known. Socket is what the socket saw: an errno, or EOF for\n" +
		"a FIN; a dash where the text leaves it open. Executed says whether the device may have carried the command out.\n" +
		"In the texts * is anything within a line, ^ and $ are its ends; with marks what has to stand there too.\n")
	clients := []string{}
	by := map[string][]errtext.Entry{}
	for _, e := range entries {
		if by[e.Client] == nil {
			clients = append(clients, e.Client)
		}
		by[e.Client] = append(by[e.Client], e)
	}
	for _, client := range clients {
		fmt.Fprintf(&b, "\n## %s\n\n| text | meaning | outcome | socket | executed | resent by then | causes | rank | source |\n|---|---|---|---|---|---|---|---|---|\n", client)
		for _, e := range by[client] {
			fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s | %s | %s | %s |\n", codes(e), escape(e.Means), outcomeCell(e), orDash(e.Errno),
				e.Executed, escape(e.Retried), orDash(strings.Join(e.Causes, ", ")), e.Rank, escape(e.Source))
		}
	}
	b.WriteString("\n## No text at all\n\nMeasured: answers that were cut off, and that the client calls a success. Verify the length of what came.\n\n" +
		"| client | done to the answer | the caller is told |\n|---|---|---|\n")
	for _, s := range errtext.Silences() {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", s.Client, s.Cut, s.Told)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// codes are an entry's patterns as Markdown code.
func codes(e errtext.Entry) string {
	quoted := func(texts []string) string {
		var all []string
		for _, t := range texts {
			all = append(all, "`"+strings.ReplaceAll(t, "|", `\|`)+"`")
		}
		return strings.Join(all, "<br>")
	}
	if len(e.With) == 0 {
		return quoted(e.Texts)
	}
	return quoted(e.Texts) + "<br>with<br>" + quoted(e.With)
}

func outcomeCell(e errtext.Entry) string {
	text := e.Outcome.String()
	for i, o := range e.Also {
		text += []string{"; also ", ", "}[min(i, 1)] + o.String()
	}
	return text
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// escape keeps a text within its cell and its words from becoming markup.
func escape(s string) string {
	return strings.NewReplacer("|", `\|`, "*", `\*`, "_", `\_`, "<", `\<`).Replace(s)
}
