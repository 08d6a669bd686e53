// Package wire tells from packets what became of TCP connections: which ended
// badly, who ended them, and why. It knows nothing of where packets come from:
// [rstorm/wire/live] captures them while a suite is played, [rstorm/wire/pcap]
// reads the captures of others. Packets go into a [Table], which puts
// conversations together; [Explain] names the cause of a conversation's end by
// the rows of [results.Causes].
package wire
