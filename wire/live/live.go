// Package live captures packets of this machine while they pass, and asks the
// kernel why it sends RSTs. It needs Linux and the right to; [Open] says why
// not, where it can not be had.
package live
