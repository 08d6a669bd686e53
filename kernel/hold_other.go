//go:build !linux

package kernel

import (
	"errors"
	"net/netip"
)

// A Held is an address that is bound and not listened on. Only Linux is known
// to let another socket listen there meanwhile.
type Held struct{ addr netip.AddrPort }

// Hold fails with [errors.ErrUnsupported].
func Hold(netip.AddrPort) (*Held, error) { return nil, errors.ErrUnsupported }

// Addr is the address that is held.
func (h *Held) Addr() netip.AddrPort { return h.addr }

// Close does nothing: there is nothing to give up.
func (h *Held) Close() error { return nil }
