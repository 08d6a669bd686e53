package device

import (
	"os/exec"
	"syscall"
)

// detach gives cmd a process group of its own, out of reach of a terminal's
// Ctrl-C, which is the parent's to handle, and lets the kernel kill it should
// the parent die without a word.
func detach(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
