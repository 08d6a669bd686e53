package diagnosis

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
)

// A jsonWriter writes one JSON object, a line for each connection as it ends.
type jsonWriter struct {
	out  *bufio.Writer
	some bool  // a connection was written
	err  error // the first one of encoding
}

const jsonHead = `{"connections":[`

func newJSON(w io.Writer) Writer {
	return &jsonWriter{out: bufio.NewWriterSize(w, 1<<16)}
}

func (j *jsonWriter) Open(string, int64) {}

func (j *jsonWriter) Tell(c *Connection) {
	told := *c
	told.Candidates = append([]string{}, c.Candidates...)
	told.Packets = append([]int{}, c.Packets...)
	told.Evidence = append([]string{}, c.Evidence...)
	told.Commands = append([]Command{}, c.Commands...)
	before := ",\n"
	if !j.some {
		before, j.some = jsonHead+"\n", true
	}
	j.put(before, j.encode(told))
}

func (j *jsonWriter) Close(r *Report) {
	before := "\n],"
	if !j.some {
		before = jsonHead + "],"
	}
	// The report is an object of its own: without its first brace it is the
	// rest of this one.
	j.put(before, bytes.TrimPrefix(j.encode(r), []byte("{")))
	j.put("\n", nil)
}

// encode is v on one line.
func (j *jsonWriter) encode(v any) []byte {
	var line bytes.Buffer
	encoder := json.NewEncoder(&line)
	encoder.SetEscapeHTML(false) // display filters have &&
	if err := encoder.Encode(v); err != nil && j.err == nil {
		j.err = err
	}
	return bytes.TrimSuffix(line.Bytes(), []byte("\n"))
}

func (j *jsonWriter) put(before string, line []byte) {
	j.out.WriteString(before) // its errors stay, and Flush returns them
	j.out.Write(line)
}

func (j *jsonWriter) Flush() error {
	err := j.out.Flush()
	if j.err != nil {
		err = j.err
	}
	if err != nil {
		return fmt.Errorf("print the diagnosis: %w", err)
	}
	return nil
}
