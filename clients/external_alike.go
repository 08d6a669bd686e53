package clients

import (
	"cmp"
	"maps"
	"regexp"
	"slices"

	"rstorm/clients/errtext"
	"rstorm/results"
)

// mostErrors bounds the different error texts that are counted by themselves.
const mostErrors = 50

// others stands for the error texts beyond.
const others = "other texts"

// varying matches what differs from one time to the next in texts that say the
// same.
var varying = []struct {
	what *regexp.Regexp
	word string
}{
	{regexp.MustCompile(`(localhost/)?(\d{1,3}(\.\d{1,3}){3}|\[[0-9a-fA-F:.]+\])[:/]\d{1,5}|localhost[:/]\d{1,5}`), "ADDRESS"},
	{regexp.MustCompile(`(?i)\b(port[ =:]{1,2})\d{1,5}`), "${1}PORT"},
	{regexp.MustCompile(`0x[0-9a-fA-F]{6,16}|@[0-9a-f]{6,8}\b`), "OBJECT"},
	{regexp.MustCompile(`(?i)\b((?:after|in) )\d+(\.\d+)?( ?(?:ms|milliseconds|s|sec|seconds)\b)`), "${1}N${3}"},
	{regexp.MustCompile(`\b\d+( ms late)\b`), "N${1}"},
}

// alike is the text of an error of a command without what differs.
func alike(text, id string) string {
	text = regexp.MustCompile(`\b`+regexp.QuoteMeta(id)+`\b`).ReplaceAllString(text, "ID")
	for _, v := range varying {
		text = v.what.ReplaceAllString(text, v.word)
	}
	return text
}

// count notes an error of a command under its text, without what differs.
func (c *external) count(example, id string, reading errtext.Reading) {
	text := cut(alike(cut(example, 10*mostText), id), mostText)
	if example = cut(example, mostText); example == text {
		example = ""
	}
	e := c.errors[text]
	if e == nil && len(c.errors) >= mostErrors {
		text, example, reading = others, "", errtext.Reading{Outcome: results.Failed}
		e = c.errors[text]
	}
	if e == nil {
		e = &results.ErrorText{Text: text, Example: example, Outcome: reading.Outcome, Means: reading.Means}
		c.errors[text] = e
	}
	e.Count++
}

// ranked lists the error texts by frequency.
func ranked(errors map[string]*results.ErrorText) []results.ErrorText {
	all := []results.ErrorText{}
	for _, text := range slices.Sorted(maps.Keys(errors)) {
		all = append(all, *errors[text])
	}
	slices.SortStableFunc(all, func(a, b results.ErrorText) int { return cmp.Compare(b.Count, a.Count) })
	return all
}
