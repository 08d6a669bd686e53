package adapter

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"unsafe"
)

// apart gives cmd a process group of its own, out of reach of a terminal's
// Ctrl-C, and lets the kernel kill it when the thread that starts it ends, as
// all of them do when this process dies without a word (prctl(2),
// PR_SET_PDEATHSIG). What the adapter started itself has the end of its pipes.
func apart(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

// await returns when the process has ended. It is not reaped: until it is, no
// other process and no other group can get its number.
func (g group) await() {
	const pid, siginfo = 1, 128 // P_PID; bytes of a siginfo_t
	var info [siginfo / 8]uint64
	for {
		_, _, errno := syscall.Syscall6(syscall.SYS_WAITID, pid, uintptr(g.cmd.Process.Pid),
			uintptr(unsafe.Pointer(&info)), syscall.WEXITED|syscall.WNOWAIT, 0, 0)
		if errno != syscall.EINTR {
			return
		}
	}
}

// others counts the processes of the group that live, without the first, by
// proc(5).
func (g group) others() (n int) {
	stats, _ := filepath.Glob("/proc/[0-9]*/stat") // fails for no valid pattern
	for _, name := range stats {
		text, err := os.ReadFile(name)
		if err != nil {
			continue // it has ended meanwhile
		}
		fields := bytes.Fields(text[bytes.LastIndexByte(text, ')')+1:]) // state, ppid, pgrp
		if len(fields) > 2 && string(fields[2]) == strconv.Itoa(g.cmd.Process.Pid) && fields[0][0] != 'Z' {
			n++
		}
	}
	return n
}
