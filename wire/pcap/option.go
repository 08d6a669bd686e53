package pcap

import (
	"fmt"
	"strings"
)

// Options of pcapng blocks, by the kind of the block.
const (
	optionEnd         = 0 // of any
	optionComment     = 1 // of any
	optionApplication = 4 // of a section

	optionName       = 2 // of an interface
	optionResolution = 9
	optionOffset     = 14

	optionReceived  = 4 // of statistics
	optionDropped   = 5
	optionOSDropped = 7
)

const (
	maxInterfaces = 1 << 16 // of a file: they are all remembered
	maxText       = 256     // bytes of a name or a comment on a section that are remembered
)

// each visits the options of a block in order, and fails if one reaches beyond
// them.
func (n *nextGen) each(options []byte, visit func(code uint16, value []byte)) error {
	for len(options) >= 4 {
		code, length := n.order.uint16(options), int(n.order.uint16(options[2:]))
		if code == optionEnd {
			return nil
		}
		options = options[4:]
		if length > len(options) {
			return fmt.Errorf("option %d claims %d bytes of %d", code, length, len(options))
		}
		visit(code, options[:length])
		options = options[min(padded(length), len(options)):]
	}
	return nil
}

// padded is n rounded up to 32 bits.
func padded(n int) int { return (n + 3) &^ 3 }

// text is what is remembered of a name or a comment.
func text(value []byte) string {
	return strings.ToValidUTF8(string(value[:min(len(value), maxText)]), "\ufffd")
}
