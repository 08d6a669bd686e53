package adapter

import (
	"os/exec"
	"syscall"
)

// apart takes cmd out of reach of a console's Ctrl-C. Should this process die
// without a word, the end of its input tells the adapter to end.
func apart(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP}
}

// A group is the adapter alone: Windows has no signal for a group, so what the
// adapter started is not ended with it. It has the end of its pipes.
type group struct{ cmd *exec.Cmd }

func groupOf(cmd *exec.Cmd) group { return group{cmd} }

// await returns when the process has ended.
func (g group) await() { _ = g.cmd.Wait() }

// kill kills the adapter.
func (g group) kill() { _ = g.cmd.Process.Kill() } // fails if it has ended

// others is not known here.
func (g group) others() int { return 0 }
