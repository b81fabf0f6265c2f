package account

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"jiqiao"
)

// issuerServer is a fake OpenID provider at the wire.
type issuerServer struct {
	*httptest.Server
	key *rsa.PrivateKey
	now func() time.Time
	// challenge is of the last start; claims go into the next identity over the usual ones, nil deletes one.
	challenge string
	claims    map[string]any
	// signer signs instead of key; down answers 500.
	signer *rsa.PrivateKey
	down   bool
}

func newIssuer(t *testing.T, now func() time.Time) *issuerServer {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	p := &issuerServer{key: key, now: now, claims: map[string]any{}}
	mux := http.NewServeMux()
	answer := func(w http.ResponseWriter, v any) {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(v)
	}
	mux.HandleFunc("/.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		if p.down {
			http.Error(w, "down", http.StatusInternalServerError)
			return
		}
		answer(w, map[string]any{
			"issuer": p.URL, "authorization_endpoint": p.URL + "/authorize", "token_endpoint": p.URL + "/token", "jwks_uri": p.URL + "/keys",
			"id_token_signing_alg_values_supported": []string{"RS256"},
		})
	})
	mux.HandleFunc("/keys", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, map[string]any{"keys": []any{map[string]string{
			"kty": "RSA", "alg": "RS256", "use": "sig", "kid": "1", "n": encode64(key.N.Bytes()), "e": encode64(big.NewInt(int64(key.E)).Bytes()),
		}}})
	})
	mux.HandleFunc("/token", func(w http.ResponseWriter, r *http.Request) {
		sum := sha256.Sum256([]byte(r.FormValue("code_verifier")))
		if encode64(sum[:]) != p.challenge || r.FormValue("code") != "good" {
			http.Error(w, `{"error":"invalid_grant"}`, http.StatusBadRequest)
			return
		}
		answer(w, map[string]any{"access_token": "a", "token_type": "Bearer", "id_token": p.identity(t)})
	})
	p.Server = httptest.NewServer(mux)
	t.Cleanup(p.Close)
	return p
}

func encode64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func (p *issuerServer) identity(t *testing.T) string {
	claims := map[string]any{
		"iss": p.URL, "aud": "jiqiao", "sub": "p-1", "exp": p.now().Add(time.Minute).Unix(), "iat": p.now().Unix(),
		"email": "zhang@example.cn", "email_verified": true,
	}
	for name, v := range p.claims {
		if claims[name] = v; v == nil {
			delete(claims, name)
		}
	}
	body, err := json.Marshal(claims)
	if err != nil {
		t.Error(err)
	}
	signed := encode64([]byte(`{"alg":"RS256","kid":"1"}`)) + "." + encode64(body)
	key := p.key
	if p.signer != nil {
		key = p.signer
	}
	sum := sha256.Sum256([]byte(signed))
	signature, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
	if err != nil {
		t.Error(err)
	}
	return signed + "." + encode64(signature)
}

// withProvider is a world with a fake provider.
func withProvider(t *testing.T) (*world, *issuerServer) {
	t.Helper()
	w := newWorld(t)
	p := newIssuer(t, w.clock.Now)
	w.Service = New(Options{
		Store: w.store, Cost: cheap, PublicURL: "https://jiqiao.test", Now: w.clock.Now,
		OIDC: OIDC{Issuer: p.URL, ClientID: "jiqiao", ClientSecret: "s"},
	})
	return w, p
}

var tried = jiqiao.OIDCAttempt{State: "state", Nonce: "nonce", Verifier: "a-verifier-that-is-long-enough-for-anyone-43chars"}

// start sends the browser away; the provider notes the challenge.
func (w *world) start(p *issuerServer) {
	w.t.Helper()
	to, err := w.StartOIDC(w.ctx, tried)
	w.must(err)
	u, err := url.Parse(to)
	w.must(err)
	q := u.Query()
	if !strings.HasPrefix(to, p.URL+"/authorize?") || q.Get("state") != "state" || q.Get("nonce") != "nonce" || q.Get("code_challenge_method") != "S256" ||
		q.Get("redirect_uri") != "https://jiqiao.test"+CallbackPath || q.Get("client_id") != "jiqiao" {
		w.t.Fatalf("sent to %s", to)
	}
	p.challenge = q.Get("code_challenge")
	if _, there := p.claims["nonce"]; !there {
		p.claims["nonce"] = "nonce"
	}
}

func TestSignInAtTheProvider(t *testing.T) {
	w, p := withProvider(t)
	u := w.person("zhang", jiqiao.RoleBroker, mailbox, func(a *jiqiao.Account) { a.EmailVerified = true })
	for range 2 { // by the address first, by the subject then
		w.start(p)
		out, err := w.FinishOIDC(w.ctx, tried, "good", "Firefox", nil)
		w.must(err)
		if out.User.ID != u.ID || !w.opens(out.Secret) {
			t.Errorf("signed in %+v", out)
		}
		p.claims["email"] = "other@example.cn"
	}
	if got := strings.Join(w.acts(), ", "); got != "user.login/done by zhang, user.link/done by zhang, user.login/done by zhang" {
		t.Errorf("audit: %s", got)
	}
}

func TestIdentitiesThatAreNotGood(t *testing.T) {
	foreign, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	set := func(name string, v any) func(*issuerServer) {
		return func(p *issuerServer) { p.claims[name] = v }
	}
	for name, c := range map[string]struct {
		change func(*issuerServer)
		code   string
		want   jiqiao.Code
	}{
		"another nonce":           {change: set("nonce", "other"), want: jiqiao.CodeUnauthorized},
		"no nonce":                {change: set("nonce", nil), want: jiqiao.CodeUnauthorized},
		"for another client":      {change: set("aud", "other"), want: jiqiao.CodeUnauthorized},
		"of another issuer":       {change: set("iss", "https://evil.example"), want: jiqiao.CodeUnauthorized},
		"expired":                 {change: set("exp", 1000), want: jiqiao.CodeUnauthorized},
		"signed by another":       {change: func(p *issuerServer) { p.signer = foreign }, want: jiqiao.CodeUnauthorized},
		"a bad code":              {code: "bad", want: jiqiao.CodeUnauthorized},
		"another verifier":        {change: func(p *issuerServer) { p.challenge = "x" }, want: jiqiao.CodeUnauthorized},
		"an unverified address":   {change: set("email_verified", false), want: jiqiao.CodeForbidden},
		"nobody's address":        {change: set("email", "nobody@example.cn"), want: jiqiao.CodeForbidden},
		"no address":              {change: set("email", nil), want: jiqiao.CodeForbidden},
		"an unproven one of ours": {change: set("email", "li@example.cn"), want: jiqiao.CodeForbidden},
		"an administrator's":      {change: set("email", "anquan@example.cn"), want: jiqiao.CodeForbidden},
		"a disabled one's":        {change: set("email", "off@example.cn"), want: jiqiao.CodeForbidden},
		"one with two factors":    {change: set("email", "two@example.cn"), want: jiqiao.CodeForbidden},
		"one linked elsewhere":    {change: set("email", "linked@example.cn"), want: jiqiao.CodeForbidden},
	} {
		t.Run(name, func(t *testing.T) {
			w, p := withProvider(t)
			w.person("zhang", jiqiao.RoleBroker, mailbox, func(a *jiqiao.Account) { a.EmailVerified = true })
			w.person("li", jiqiao.RoleBroker, mailbox)
			for login, change := range map[string]func(*jiqiao.Account){
				"anquan": func(a *jiqiao.Account) { a.Role = jiqiao.RoleSecurityAdmin },
				"off":    func(a *jiqiao.Account) { a.State = jiqiao.UserDisabled },
				"two":    func(a *jiqiao.Account) { a.TOTP = true },
				"linked": func(a *jiqiao.Account) { a.Credentials.Subject = "elsewhere p-9" },
			} {
				w.person(login, jiqiao.RoleBroker, mailbox, func(a *jiqiao.Account) { a.EmailVerified = true }, change)
			}
			w.start(p)
			if c.change != nil {
				c.change(p)
			}
			code := "good"
			if c.code != "" {
				code = c.code
			}
			out, err := w.FinishOIDC(w.ctx, tried, code, "", nil)
			if jiqiao.CodeOf(err) != c.want || out.Secret != "" {
				t.Errorf("%+v, %v", out, err)
			}
		})
	}
}

func TestLinkingOnesOwnAccount(t *testing.T) {
	w, p := withProvider(t)
	u := w.person("anquan", jiqiao.RoleSecurityAdmin)
	w.person("li", jiqiao.RoleBroker)
	session := w.signIn("anquan", password)
	w.start(p)
	out, err := w.FinishOIDC(w.ctx, tried, "good", "", &session.Session)
	w.must(err)
	if w.opens(session.Secret) || !w.opens(out.Secret) {
		t.Error("linking renews the session")
	}
	w.start(p)
	out, err = w.FinishOIDC(w.ctx, tried, "good", "", nil)
	w.must(err)
	if out.User.ID != u.ID {
		t.Errorf("signed in %s", out.User.Login)
	}
	other := w.signIn("li", password)
	w.start(p)
	_, err = w.FinishOIDC(w.ctx, tried, "good", "", &other.Session)
	w.fails(jiqiao.CodeConflict, err)
}

func TestProviderThatIsDown(t *testing.T) {
	w, p := withProvider(t)
	p.down = true
	_, err := w.StartOIDC(w.ctx, tried)
	w.fails(jiqiao.CodeUnavailable, err)
	p.down = false // found once it is back
	w.start(p)
	gone, cancel := context.WithCancel(w.ctx)
	cancel()
	if _, err := w.FinishOIDC(gone, tried, "good", "", nil); err == nil {
		t.Error("signed in without an answer")
	}
	none := newWorld(t)
	_, err = none.StartOIDC(none.ctx, tried)
	none.fails(jiqiao.CodeUnavailable, err)
	_, err = none.FinishOIDC(none.ctx, tried, "good", "", nil)
	none.fails(jiqiao.CodeUnavailable, err)
	if none.OffersOIDC() || !w.OffersOIDC() {
		t.Error(fmt.Sprint("offers ", none.OffersOIDC(), w.OffersOIDC()))
	}
}
