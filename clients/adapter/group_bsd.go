//go:build unix && !linux

package adapter

import (
	"os/exec"
	"syscall"
)

// apart gives cmd a process group of its own, out of reach of a terminal's
// Ctrl-C. Should this process die without a word, the end of its input tells
// the adapter to end.
func apart(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// await returns when the process has ended, and reaps it. What it left in its
// group keeps the group's number taken; where it left nothing, kill meets
// another group only if the system gave the number away at once.
func (g group) await() { _ = g.cmd.Wait() }

// others is not known here.
func (g group) others() int { return 0 }
