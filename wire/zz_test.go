package wire_test
import ("testing";"fmt";"os";"encoding/binary";"rstorm/wire")
func TestZZ(t *testing.T){
	b,_ := os.ReadFile("/tmp/cap/killed_within_the_answer.pcap")
	table := wire.NewTable(wire.Config{Events: 100000, Ended: func(c *wire.Conversation){ if c.Number==1 { for _,e := range c.Events { fmt.Println("E", e.Packet, e.Way, e.Seq, e.Ack, e.Length, e.Says) } } }, Exchanged: func(c *wire.Conversation, x *wire.Exchange){ if c.Number==1 { fmt.Println("X", short(x), x.Request.Seq,x.Request.End,x.Response.Seq,x.Response.End,x.Response.Ack, x.Response.Torn) } }})
	link := wire.LinkType(binary.LittleEndian.Uint32(b[20:]))
	n := 0
	for o := 24; o < len(b); { l := int(binary.LittleEndian.Uint32(b[o+8:])); n++
		p := wire.Packet{Number:n, At: int64(n)*1000, Link: link, Length: int(binary.LittleEndian.Uint32(b[o+12:])), Data: b[o+16:o+16+l]}
		table.Add(&p); o += 16+l }
	table.Flush()
}
