package scenarios

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// maxSize bounds a file. Ten thousand scenarios fit in.
const maxSize = 1 << 20

// A source is a file's text, for positions in it.
type source struct {
	file  string
	lines []string
}

func (s *source) fail(line, column int, format string, args ...any) *Error {
	return &Error{File: s.file, Line: line, Column: column, Problem: fmt.Sprintf(format, args...)}
}

// read takes r to its end, or as far as is allowed.
func read(file string, r io.Reader) ([]byte, *Error) {
	text, err := io.ReadAll(io.LimitReader(r, maxSize+1))
	switch {
	case err != nil:
		return nil, &Error{File: file, Line: 1, Column: 1, Problem: err.Error(), Err: err}
	case len(text) > maxSize:
		return nil, &Error{File: file, Line: 1, Column: 1, Problem: fmt.Sprintf("the file is larger than %d MiB", maxSize>>20)}
	}
	return text, nil
}

// tree reads the text as the one YAML document it must be.
func (s *source) tree(text []byte) (*yaml.Node, *Error) {
	if err := s.characters(text); err != nil {
		return nil, err
	}
	var doc, next yaml.Node
	dec := yaml.NewDecoder(bytes.NewReader(text))
	switch err := dec.Decode(&doc); {
	case errors.Is(err, io.EOF), err == nil && doc.Content[0].Tag == "!!null":
		return nil, s.fail(1, 1, "the file is empty: want version: 1 and scenarios")
	case err != nil:
		return nil, s.syntax(err)
	}
	switch err := dec.Decode(&next); {
	case err == nil:
		return nil, s.fail(next.Line, next.Column, "a second document begins here: a file holds one")
	case !errors.Is(err, io.EOF):
		return nil, s.syntax(err)
	}
	return doc.Content[0], nil
}

// characters refuses what YAML does not allow in a text (YAML 1.2.2 section
// 5.1); the parser itself does not say where it stands.
func (s *source) characters(text []byte) *Error {
	line, column := 1, 1
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		switch {
		case r == utf8.RuneError && size == 1:
			return s.fail(line, column, "not text: the byte 0x%02x is not UTF-8 here", text[0])
		case r == '\n':
			line, column = line+1, 0
		case r < ' ' && r != '\t' && r != '\r', r >= 0x7f && r < 0xa0 && r != 0x85, r == 0xfffe, r == 0xffff:
			return s.fail(line, column, "not text: the character U+%04X can't stand in YAML", r)
		}
		text = text[size:]
		column++
	}
	return nil
}
