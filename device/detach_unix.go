//go:build unix && !linux

package device

import (
	"os/exec"
	"syscall"
)

// detach gives cmd a process group of its own, out of reach of a terminal's
// Ctrl-C, which is the parent's to handle. Should the parent die without a
// word, the end of its input ends the child.
func detach(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }
