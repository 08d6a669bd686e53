package results

import (
	"errors"
	"syscall"
)

// Windows' sockets have errors of their own; package syscall's ECONNRESET and
// its like are inventions there that no call returns.
const (
	wsaTimedOut = syscall.Errno(10060)
	wsaRefused  = syscall.Errno(10061)
)

func isReset(err error) bool {
	return errors.Is(err, syscall.WSAECONNRESET) || errors.Is(err, syscall.WSAECONNABORTED)
}

func isRefused(err error) bool { return errors.Is(err, wsaRefused) }

func isGivenUp(err error) bool { return errors.Is(err, wsaTimedOut) }

// errnos are the error numbers that [Errno] knows, by the names they have
// elsewhere.
var errnos = []errno{
	{"ECONNRESET", syscall.WSAECONNRESET}, {"ECONNABORTED", syscall.WSAECONNABORTED},
	{"ECONNREFUSED", wsaRefused}, {"ETIMEDOUT", wsaTimedOut},
}
