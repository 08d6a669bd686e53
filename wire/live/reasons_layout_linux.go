package live

import (
	"errors"
	"fmt"
	"strings"

	"github.com/cilium/ebpf/btf"
)

// tracepoint is where the kernel tells of a RST: (struct sock *, struct sk_buff
// *, enum sk_rst_reason), of which the first is the socket that sends it, if
// there is one, and the second the segment that it answers, if it does.
const tracepoint = "tcp_send_reset"

// offsets are where in the kernel's structures stands what is read.
type offsets struct {
	network, family, state, target4, source4, targetPort, target6, source6 int32 // struct sock_common
	sourcePort                                                             int32 // struct inet_sock; it outlives skc_num
	next, unacknowledged, window                                           int32 // struct tcp_sock
	head, ip, tcp, device                                                  int32 // struct sk_buff
	networkOfDevice                                                        int32 // struct net_device
	number                                                                 int32 // struct net
}

// A layout is what the running kernel's type information (BTF) says.
type layout struct {
	offsets offsets
	words   map[uint32]string // enum sk_rst_reason
}

// newLayout asks the running kernel.
func newLayout() (*layout, error) {
	types, err := btf.LoadKernelSpec()
	if err != nil {
		return nil, fmt.Errorf("%w: the kernel has no type information (CONFIG_DEBUG_INFO_BTF): %w", errors.ErrUnsupported, err)
	}
	l := &layout{}
	if l.words, err = reasonWords(types); err != nil {
		return nil, err
	}
	o := &l.offsets
	for _, wanted := range []struct {
		to           *int32
		name, member string
	}{
		{&o.network, "sock_common", "skc_net"},
		{&o.family, "sock_common", "skc_family"},
		{&o.state, "sock_common", "skc_state"},
		{&o.target4, "sock_common", "skc_daddr"},
		{&o.source4, "sock_common", "skc_rcv_saddr"},
		{&o.targetPort, "sock_common", "skc_dport"},
		{&o.target6, "sock_common", "skc_v6_daddr"},
		{&o.source6, "sock_common", "skc_v6_rcv_saddr"},
		{&o.sourcePort, "inet_sock", "inet_sport"},
		{&o.next, "tcp_sock", "snd_nxt"},
		{&o.unacknowledged, "tcp_sock", "snd_una"},
		{&o.window, "tcp_sock", "snd_wnd"},
		{&o.head, "sk_buff", "head"},
		{&o.ip, "sk_buff", "network_header"},
		{&o.tcp, "sk_buff", "transport_header"},
		{&o.device, "sk_buff", "dev"},
		{&o.networkOfDevice, "net_device", "nd_net"},
		{&o.number, "net", "ns.inum"},
	} {
		offset, missing := offsetOf(types, wanted.name, wanted.member)
		*wanted.to, err = int32(offset), errors.Join(err, missing)
	}
	return l, err
}

// reasonWords are the kernel's words for reasons, if the tracepoint tells any.
func reasonWords(types *btf.Spec) (map[uint32]string, error) {
	var enum *btf.Enum
	var call *btf.Typedef
	if err := errors.Join(types.TypeByName("sk_rst_reason", &enum), types.TypeByName("btf_trace_"+tracepoint, &call)); err != nil {
		return nil, fmt.Errorf("%w: the kernel gives no reasons, as Linux 6.10 does: %w", errors.ErrUnsupported, err)
	}
	pointer, _ := call.Type.(*btf.Pointer)
	if pointer == nil {
		return nil, fmt.Errorf("%w: the tracepoint %s is no function", errors.ErrUnsupported, tracepoint)
	}
	if function, ok := pointer.Target.(*btf.FuncProto); !ok || len(function.Params) != 4 || btf.UnderlyingType(function.Params[3].Type) != enum {
		return nil, fmt.Errorf("%w: the tracepoint %s gives no reason, as that of Linux 6.10 does", errors.ErrUnsupported, tracepoint)
	}
	words := map[uint32]string{}
	for _, v := range enum.Values {
		words[uint32(v.Value)] = strings.TrimPrefix(v.Name, "SK_RST_REASON_")
	}
	return words, nil
}

// offsetOf is where a member, or a member of a member, stands in a structure.
func offsetOf(types *btf.Spec, name, path string) (uint32, error) {
	var whole *btf.Struct
	if err := types.TypeByName(name, &whole); err != nil {
		return 0, fmt.Errorf("%w: %w", errors.ErrUnsupported, err)
	}
	var sum uint32
	var within btf.Type = whole
	for member := range strings.SplitSeq(path, ".") {
		found, ok := find(within, member)
		if !ok {
			return 0, fmt.Errorf("%w: no %s in the kernel's struct %s", errors.ErrUnsupported, path, name)
		}
		sum, within = sum+found.Offset.Bytes(), found.Type
	}
	return sum, nil
}

// find looks for a member, also in structures and unions without a name.
func find(within btf.Type, name string) (btf.Member, bool) {
	var members []btf.Member
	switch t := btf.UnderlyingType(within).(type) {
	case *btf.Struct:
		members = t.Members
	case *btf.Union:
		members = t.Members
	}
	for _, m := range members {
		if m.Name == name {
			return m, true
		}
		if m.Name != "" {
			continue
		}
		if inner, ok := find(m.Type, name); ok {
			inner.Offset += m.Offset
			return inner, true
		}
	}
	return btf.Member{}, false
}
