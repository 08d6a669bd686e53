package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"rstorm/clients/errtext"
	"rstorm/results"
)

// explainFormats lists how explain can print, the default first. A new format
// is a function and a line here.
var explainFormats = []struct {
	name  string
	write func(w io.Writer, entries []errtext.Entry) error
}{
	{"text", writeEntries},
	{"json", writeEntriesJSON},
	{"markdown", writeEntriesMarkdown},
}

func explainFormatNames() []string {
	var names []string
	for _, f := range explainFormats {
		names = append(names, f.name)
	}
	return names
}

func runExplain(_ context.Context, s streams, args []string) error {
	flags := pflag.NewFlagSet("explain", pflag.ContinueOnError)
	format := flags.String("format", explainFormats[0].name, "print as `NAME`: "+strings.Join(explainFormatNames(), ", "))
	all := flags.Bool("all", false, "print every error text there is")
	if err := parse(s, flags, args, math.MaxInt); err != nil {
		return err
	}
	i := slices.Index(explainFormatNames(), *format)
	switch {
	case i < 0:
		return usage(fmt.Errorf("unknown format %q, want %s", *format, strings.Join(explainFormatNames(), ", ")), "rstorm help explain explains the flags")
	case *all && flags.NArg() > 0:
		return usage(errors.New("--all and a text contradict each other"), "leave one of them out")
	}
	entries := errtext.Table()
	if !*all {
		text, err := textToExplain(s.in, flags.Args())
		if err != nil {
			return err
		}
		if entries = errtext.Explain(text); entries == nil {
			return &exit{exitFailed, errors.New("nobody here knows this error text"), []string{
				"give the whole text: the class, the message, the code and what caused it; rstorm explain - reads a stack trace",
				"to see what happened, capture the traffic and run rstorm diagnose on it: packets have no dialects",
				"rstorm explain --all prints the texts that are known"}}
		}
	}
	if err := explainFormats[i].write(s.out, entries); err != nil {
		return fmt.Errorf("print the explanation: %w", err)
	}
	return nil
}

// textToExplain is what the arguments say, or standard input for a dash. Of
// more than can be read the rest is left unread.
func textToExplain(stdin io.Reader, args []string) (string, error) {
	text := strings.Join(args, " ")
	if text == "-" {
		b, err := io.ReadAll(io.LimitReader(stdin, 1<<20))
		if err != nil {
			return "", fmt.Errorf("read standard input: %w", err)
		}
		text = string(b)
	}
	if strings.TrimSpace(text) == "" {
		return "", usage(errors.New("no error text to explain"), "give it in quotes, or - to read standard input")
	}
	return text, nil
}

// writeEntries writes for people: the first entry is the likeliest.
func writeEntries(w io.Writer, entries []errtext.Entry) error {
	var b strings.Builder
	for i, e := range entries {
		if i == 1 {
			b.WriteString("Less likely, or of another layer of the same error:\n\n")
		}
		writeEntry(&b, e)
	}
	b.WriteString("An error text is one side's view. Which cause it was, the packets tell: capture the traffic\n" +
		"and run rstorm diagnose FILE. rstorm list causes shows what plays each of them.\n")
	_, err := io.WriteString(w, b.String())
	return err
}

func writeEntry(b *strings.Builder, e errtext.Entry) {
	for i, line := range fill(e.Means, 96) {
		fmt.Fprintf(b, "%s%s\n", []string{"", "  "}[min(i, 1)], line)
	}
	field := func(name, text string) {
		for i, line := range fill(text, 82) {
			fmt.Fprintf(b, "  %-10s %s\n", []string{name, ""}[min(i, 1)], line)
		}
	}
	field("said by", e.Client)
	field("outcome", outcomesOf(e))
	field("socket", cmp.Or(e.Errno, "the text does not tell"))
	field("executed", executed(e.Executed))
	field("resent", e.Retried)
	for i, id := range e.Causes {
		fmt.Fprintf(b, "  %-10s %-22s %s\n", []string{"causes", ""}[min(i, 1)], id, whatOf(id))
	}
	field("source", e.Source)
	b.WriteString("\n")
}

// outcomesOf names what the text stands for, the likeliest first.
func outcomesOf(e errtext.Entry) string {
	if len(e.Also) == 0 {
		return e.Outcome.String()
	}
	var also []string
	for _, o := range e.Also {
		also = append(also, o.String())
	}
	return fmt.Sprintf("%v; the same text may also stand for %s", e.Outcome, strings.Join(also, ", "))
}

func executed(e errtext.Executed) string {
	switch e {
	case errtext.No:
		return "no: no request was sent"
	case errtext.Yes:
		return "yes: an answer had begun, so the device had the command"
	}
	return "maybe: ask the device, or make resending harmless, before it is sent again"
}

func whatOf(cause string) string {
	i := slices.IndexFunc(results.Causes, func(c results.Cause) bool { return c.ID == cause })
	if i < 0 {
		return ""
	}
	return results.Causes[i].What
}

// fill breaks a text between words into lines of at most width columns.
func fill(text string, width int) []string {
	lines := []string{""}
	for word := range strings.FieldsSeq(text) {
		last := &lines[len(lines)-1]
		switch {
		case *last == "":
			*last = word
		case len(*last)+1+len(word) <= width:
			*last += " " + word
		default:
			lines = append(lines, word)
		}
	}
	return lines
}

func writeEntriesJSON(w io.Writer, entries []errtext.Entry) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(entries)
}
