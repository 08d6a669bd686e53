package adapter

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// A whole is a whole number. Languages whose numbers are all floating point
// write 12 as 12.0 or 1.2E1, which are the same (RFC 8259 section 6).
type whole int64

// UnmarshalJSON refuses what is no number, or no whole one of 64 bits.
func (w *whole) UnmarshalJSON(text []byte) error {
	n, err := integer(text, func(f float64) bool { return f == math.Trunc(f) })
	if err == nil {
		*w = whole(n)
	}
	return err
}

// A nanos is a time in nanoseconds. It is rounded: a clock that tells seconds
// in floating point has a fraction of a nanosecond.
type nanos int64

// UnmarshalJSON refuses what is no number that rounds to one of 64 bits.
func (t *nanos) UnmarshalJSON(text []byte) error {
	n, err := integer(text, func(float64) bool { return true })
	if err == nil {
		*t = nanos(n)
	}
	return err
}

// integer reads a number of JSON. That it is one the decoder has seen to, but
// for other values; null is left to it.
func integer(text []byte, fits func(float64) bool) (int64, error) {
	s := string(text)
	if s == "null" {
		return 0, nil
	}
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return n, nil
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || !fits(f) || math.Abs(f) >= 1<<63 {
		return 0, fmt.Errorf("%s where a whole number of 64 bits is wanted", excerpt(s))
	}
	return int64(math.Round(f)), nil
}

// A mishap is an [Error] as authors write it: a code may be a number, a cause
// one text, and a cause or the whole error an object of the library's own.
type mishap Error

// UnmarshalJSON refuses what holds no text.
func (m *mishap) UnmarshalJSON(text []byte) error {
	if text[0] == '"' {
		return json.Unmarshal(text, &m.Msg)
	}
	var e struct {
		Name, Code, Msg word
		Chain           causes
	}
	if err := json.Unmarshal(text, &e); err != nil {
		return err
	}
	*m = mishap{string(e.Name), string(e.Code), string(e.Msg), e.Chain}
	return nil
}

// A word is a text, or a number or the like as it is written.
type word string

// UnmarshalJSON refuses lists and objects.
func (w *word) UnmarshalJSON(text []byte) error {
	switch text[0] {
	case 'n': // null
		return nil
	case '[', '{':
		return fmt.Errorf("%s where a text is wanted", excerpt(text))
	case '"':
		return json.Unmarshal(text, (*string)(w))
	}
	*w = word(text)
	return nil
}

// A causes is a list of texts, or of objects with a name, a code and a message;
// or one of them, which stands for a list of one.
type causes []string

// UnmarshalJSON refuses lists in lists.
func (c *causes) UnmarshalJSON(text []byte) error {
	switch text[0] {
	case 'n': // null
		return nil
	case '[':
		var all []json.RawMessage
		if err := json.Unmarshal(text, &all); err != nil {
			return err
		}
		for _, one := range all {
			if err := c.add(one); err != nil {
				return err
			}
		}
		return nil
	}
	return c.add(text)
}

func (c *causes) add(text []byte) error {
	if text[0] != '{' {
		var w word
		err := w.UnmarshalJSON(text)
		if w != "" {
			*c = append(*c, string(w))
		}
		return err
	}
	var e struct{ Name, Code, Msg, Message word }
	if err := json.Unmarshal(text, &e); err != nil {
		return err
	}
	name := string(e.Name)
	if e.Code != "" {
		name = strings.TrimSpace(name + " [" + string(e.Code) + "]")
	}
	if s := strings.TrimPrefix(name+": "+string(e.Msg+e.Message), ": "); s != "" {
		*c = append(*c, s)
	}
	return nil
}
