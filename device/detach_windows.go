package device

import (
	"os/exec"
	"syscall"
)

// detach gives cmd a process group of its own, out of reach of a console's
// Ctrl-C, which is the parent's to handle. Should the parent die without a
// word, the end of its input ends the child.
func detach(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP}
}
