//go:build !linux

package link

import (
	"errors"
	"net/netip"
)

// A held is an address that is bound and not listened on. Only Linux is known
// to let another socket listen there meanwhile.
type held struct{ addr netip.AddrPort }

// bind fails with errors.ErrUnsupported.
func bind(netip.AddrPort) (*held, error) { return nil, errors.ErrUnsupported }

// Close does nothing: there is nothing to give up.
func (h *held) Close() error { return nil }
