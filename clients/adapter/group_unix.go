//go:build unix

package adapter

import (
	"os/exec"
	"syscall"
)

// A group is the process group of an adapter.
type group struct{ cmd *exec.Cmd }

func groupOf(cmd *exec.Cmd) group { return group{cmd} }

// kill kills all processes of the group, if there are any: also what the
// adapter started, unless that has left the group.
func (g group) kill() {
	_ = syscall.Kill(-g.cmd.Process.Pid, syscall.SIGKILL) // ESRCH: it is gone
}
