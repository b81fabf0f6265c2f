package notify

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"syscall"
	"time"
)

// errPrivate is a target inside the private network.
var errPrivate = errors.New("the address is not a public one")

// reserved are ranges that netip's own predicates do not know and that lead to no public host: shared address space
// (RFC 6598), protocol assignments, documentation, benchmarking, reserved, and the ranges that carry an IPv4 address inside
// an IPv6 one, by which a private one could be reached.
var reserved = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("198.18.0.0/15"), netip.MustParsePrefix("198.51.100.0/24"),
	netip.MustParsePrefix("203.0.113.0/24"), netip.MustParsePrefix("240.0.0.0/4"),
	netip.MustParsePrefix("::/96"), netip.MustParsePrefix("64:ff9b::/96"), netip.MustParsePrefix("64:ff9b:1::/48"),
	netip.MustParsePrefix("100::/64"), netip.MustParsePrefix("2001::/32"), netip.MustParsePrefix("2001:db8::/32"), netip.MustParsePrefix("2002::/16"),
}

// public reports whether an address belongs to the public network: not to this machine, the private network, link-local
// (where clouds keep the metadata of machines), or any reserved range.
func public(ip netip.Addr) bool {
	ip = ip.Unmap()
	if !ip.IsGlobalUnicast() || ip.IsPrivate() {
		return false
	}
	for _, p := range reserved {
		if p.Contains(ip) {
			return false
		}
	}
	return true
}

// guard refuses a connection to an address that is not public. It looks at the address that is dialled, after the name was
// resolved: a name that resolves to something else the second time gains nothing.
func guard(_, address string, _ syscall.RawConn) error {
	ap, err := netip.ParseAddrPort(address)
	if err != nil {
		return err
	}
	if !public(ap.Addr()) {
		return errPrivate
	}
	return nil
}

const (
	dialTimeout = 5 * time.Second
	// sendTimeout bounds one message, answer included.
	sendTimeout = 10 * time.Second
	// maxAnswer bounds what is read of an answer.
	maxAnswer = 64 << 10
)

// newClient makes the client for webhooks and bots. It follows no redirect, uses no proxy, and reaches public addresses
// alone unless private ones are allowed.
func newClient(o Options) *http.Client {
	dialer := &net.Dialer{Timeout: dialTimeout}
	if !o.AllowPrivate {
		dialer.Control = guard
	}
	return &http.Client{
		Timeout: o.Timeout,
		Transport: &http.Transport{
			DialContext: dialer.DialContext, TLSHandshakeTimeout: dialTimeout, TLSClientConfig: o.TLS,
			MaxResponseHeaderBytes: maxAnswer, MaxIdleConnsPerHost: 1, IdleConnTimeout: time.Minute,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// dialFailure is the failure of a request, without its address, which may be a secret.
func dialFailure(ctx context.Context, err error) *failure {
	var at *url.Error
	if errors.As(err, &at) {
		err = at.Err
	}
	var (
		op   *net.OpError
		name *net.DNSError
		cert *tls.CertificateVerificationError
	)
	switch {
	case errors.Is(err, errPrivate):
		return final("目标地址在内网或保留网段，已拒绝；如确需发送，请由系统管理员在配置中允许内网地址（webhook_allow_private）", errPrivate)
	case ctx.Err() != nil, isTimeout(err):
		return temporary("对方在时限内没有响应", errTimeout)
	case errors.As(err, &cert):
		return temporary("对方的证书无法核验", errors.New("certificate"))
	case errors.As(err, &name):
		return temporary("域名无法解析，请检查地址", errors.New("name does not resolve"))
	case errors.As(err, &op):
		return temporary("无法连接对方", op.Err)
	default:
		return temporary("发送中断", errors.New("the connection broke"))
	}
}

func isTimeout(err error) bool {
	var t net.Error
	return errors.As(err, &t) && t.Timeout()
}
