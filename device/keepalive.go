package device

import (
	"fmt"
	"strings"
	"time"
)

// promise is the Keep-Alive field that answers carry (RFC 2068 section
// 19.7.1), as in "timeout=5, max=100"; empty if nothing is promised. The
// number is said with every answer and is not counted down.
func (p *Profile) promise() string {
	var said []string
	if p.KeepAliveTimeout > 0 {
		said = append(said, fmt.Sprintf("timeout=%d", p.KeepAliveTimeout/time.Second))
	}
	if p.KeepAliveMax > 0 {
		said = append(said, fmt.Sprintf("max=%d", p.KeepAliveMax))
	}
	return strings.Join(said, ", ")
}
