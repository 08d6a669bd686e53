package diagnosis

import (
	"net/netip"
	"strconv"
	"strings"
	"time"

	"rstorm/results"
	"rstorm/wire"
)

// A Connection is what is told of one connection.
type Connection struct {
	File   string         `json:"file"`
	Number int            `json:"number"` // in its file, from 0, as Wireshark's tcp.stream
	Client netip.AddrPort `json:"client"`
	Server netip.AddrPort `json:"server"`
	Began  time.Time      `json:"began"` // its first packet
	Ended  time.Time      `json:"ended"` // its last packet

	ConnState  string         `json:"conn_state"` // in the words of Zeek's conn.log
	Cause      string         `json:"cause"`      // id of [results.Causes], or unknown; empty if it ended well
	Candidates []string       `json:"candidates"` // all causes that the evidence leaves, if several, the likeliest first
	Origin     results.Origin `json:"origin"`     // who ended it; the device is the server
	Phase      results.Phase  `json:"phase"`      // of the exchange that it cut; done if none was open
	Reset      bool           `json:"reset"`      // ended by a RST
	Resets     int            `json:"resets"`     // RST packets
	Packets    []int          `json:"packets"`    // numbers of the packets that the cause rests on
	Evidence   []string       `json:"evidence"`   // what it rests on, a sentence each
	Commands   []Command      `json:"commands"`   // requests without a whole answer

	Protocol      wire.Protocol `json:"protocol"`  // empty if it is not known
	Exchanges     int           `json:"exchanges"` // HTTP/1 requests with or without an answer
	Midstream     bool          `json:"midstream"` // its SYN was not captured: who called is inferred
	Cut           bool          `json:"cut"`       // what became of it was not captured
	FromClient    Side          `json:"from_client"`
	FromServer    Side          `json:"from_server"`
	DisplayFilter string        `json:"display_filter"`    // shows it in Wireshark, in this capture
	AddressFilter string        `json:"address_filter"`    // shows it, and others on its ports, in Wireshark in any capture
	Ladder        string        `json:"ladder,omitempty"`  // its packets drawn as text
	Diagram       string        `json:"diagram,omitempty"` // the same as a Mermaid sequence diagram

	spelled bool // the evidence is to be printed for people too, where no ladder does
}

// A Side is what one end sent.
type Side struct {
	Packets int   `json:"packets"`
	Bytes   int64 `json:"bytes"`      // of payload, what was sent twice twice
	Wire    int64 `json:"wire_bytes"` // of its packets, headers included
	FINs    int   `json:"fins"`
	Resets  int   `json:"resets"`
	Repeats int   `json:"repeats"` // packets that bring no new byte
	Missing int64 `json:"missing"` // bytes that must have been sent and are not in the capture
}

// A Command is a request that has not got a whole answer.
type Command struct {
	ID     string `json:"id"` // empty if the request names none
	Method string `json:"method"`
	Target string `json:"target"`
	Packet int    `json:"packet"` // in which the request begins
}

// String is the request line, as far as it matters.
func (c Command) String() string { return strings.TrimSpace(c.Method + " " + c.Target) }

// tell says what is known of a connection.
func tell(name string, c *wire.Conversation, f *results.Finding) *Connection {
	return &Connection{
		File: name, Number: c.Number, Client: c.Client, Server: c.Server,
		Began: time.Unix(0, c.Began).UTC(), Ended: time.Unix(0, c.Ended).UTC(),
		ConnState: c.State, Cause: f.Cause, Candidates: f.Candidates, Origin: f.Origin, Phase: f.Phase,
		Reset: f.Reset, Resets: c.Sides[wire.Up].Resets + c.Sides[wire.Down].Resets,
		Packets: f.Packets, Evidence: f.Evidence, Commands: commands(c),
		Protocol: c.Protocol, Exchanges: c.Exchanged, Midstream: c.Midstream, Cut: c.Cut,
		FromClient: side(&c.Sides[wire.Up]), FromServer: side(&c.Sides[wire.Down]),
		DisplayFilter: "tcp.stream eq " + strconv.Itoa(c.Number), AddressFilter: addresses(c),
	}
}

func side(s *wire.Side) Side {
	return Side{Packets: s.Packets, Bytes: s.Bytes, Wire: s.Wire, FINs: s.FINs, Resets: s.Resets, Repeats: s.Repeats, Missing: s.Missing}
}

// commands are the requests that have not got a whole answer.
func commands(c *wire.Conversation) []Command {
	var all []Command
	for _, e := range c.Exchanges {
		if e.Request.Packet > 0 && !e.Response.Whole {
			all = append(all, Command{ID: e.Command, Method: e.Method, Target: e.Target, Packet: e.Request.Packet})
		}
	}
	return all
}

// addresses is a display filter that holds in other captures, too, where the
// numbers of streams differ.
func addresses(c *wire.Conversation) string {
	ip, client, server := "ip", c.Client.Addr().WithZone(""), c.Server.Addr().WithZone("")
	if client.Is6() {
		ip = "ipv6"
	}
	text := ip + ".addr==" + client.String()
	if server != client {
		text += " && " + ip + ".addr==" + server.String()
	}
	from, to := strconv.Itoa(int(c.Client.Port())), strconv.Itoa(int(c.Server.Port()))
	if from == to {
		return text + " && tcp.srcport==" + from + " && tcp.dstport==" + to
	}
	return text + " && tcp.port==" + from + " && tcp.port==" + to
}
