//go:build !windows

package results

import (
	"errors"
	"syscall"
)

func isReset(err error) bool {
	return errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.ECONNABORTED) || errors.Is(err, syscall.EPIPE)
}

func isRefused(err error) bool { return errors.Is(err, syscall.ECONNREFUSED) }

func isGivenUp(err error) bool { return errors.Is(err, syscall.ETIMEDOUT) }

// errnos are the error numbers that [Errno] knows.
var errnos = []errno{
	{"ECONNRESET", syscall.ECONNRESET}, {"ECONNABORTED", syscall.ECONNABORTED}, {"EPIPE", syscall.EPIPE},
	{"ECONNREFUSED", syscall.ECONNREFUSED}, {"ETIMEDOUT", syscall.ETIMEDOUT}, {"EHOSTUNREACH", syscall.EHOSTUNREACH},
}
