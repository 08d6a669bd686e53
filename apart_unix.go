//go:build !windows

package main

import (
	"os/exec"
	"syscall"
)

// apart puts cmd into a process group of its own.
func apart(cmd *exec.Cmd) {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Setpgid = true
}
