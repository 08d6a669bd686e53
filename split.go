package main

import (
	"errors"
	"strings"
)

// split cuts a command line into words as a POSIX shell does (XCU section 2.2):
// blanks part them unless they stand in quotes or behind a backslash. Nothing is
// expanded: $, * and ~ stand for themselves, and so do pipes and the like.
func split(line string) ([]string, error) {
	if strings.ContainsRune(line, 0) {
		return nil, errors.New("it holds a zero byte, which no argument can")
	}
	s := splitter{rest: line}
	for s.rest != "" {
		if err := s.step(); err != nil {
			return nil, err
		}
	}
	s.end()
	return s.words, nil
}

// A splitter cuts one line.
type splitter struct {
	rest  string
	words []string
	word  strings.Builder
	begun bool // a word is under way, if only an empty one in quotes
}

// step takes the next character, or what it quotes.
func (s *splitter) step() error {
	c := s.rest[0]
	s.rest = s.rest[1:]
	switch c {
	case ' ', '\t', '\n', '\r':
		s.end()
		return nil
	case '\'':
		text, rest, closed := strings.Cut(s.rest, "'")
		if !closed {
			return errors.New("a ' is never closed")
		}
		s.begun, s.rest = true, rest
		s.word.WriteString(text)
	case '"':
		s.begun = true
		return s.double()
	case '\\':
		if s.rest == "" {
			return errors.New("it ends with a backslash, which quotes nothing")
		}
		if s.rest[0] != '\n' { // that continues the line
			s.begun = true
			s.word.WriteByte(s.rest[0])
		}
		s.rest = s.rest[1:]
	default:
		s.begun = true
		s.word.WriteByte(c)
	}
	return nil
}

// double takes what stands in double quotes. A backslash there quotes only what
// would mean something there.
func (s *splitter) double() error {
	for s.rest != "" {
		c := s.rest[0]
		s.rest = s.rest[1:]
		switch {
		case c == '"':
			return nil
		case c == '\\' && s.rest != "" && strings.IndexByte("\"\\$`\n", s.rest[0]) >= 0:
			if s.rest[0] != '\n' {
				s.word.WriteByte(s.rest[0])
			}
			s.rest = s.rest[1:]
		default:
			s.word.WriteByte(c)
		}
	}
	return errors.New(`a " is never closed`)
}

// end ends the word under way, if there is one.
func (s *splitter) end() {
	if s.begun {
		s.words = append(s.words, s.word.String())
	}
	s.word.Reset()
	s.begun = false
}
