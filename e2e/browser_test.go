package e2e

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// page is one tab of a real, headless Chromium that fails the test on any console error, warning or exception.
type page struct {
	t   *testing.T
	ctx context.Context

	mu     sync.Mutex
	faults []string
}

const stepTimeout = 30 * time.Second

// openBrowser starts Chromium with a window of the given size, or skips the test where there is none.
func openBrowser(t *testing.T, width, height int64) *page {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("没有 chromium，跳过浏览器测试（apt-get install chromium）")
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.UserDataDir(t.TempDir()), chromedp.WindowSize(int(width), int(height)),
		// As root, in containers and without a network beyond this machine.
		chromedp.NoSandbox, chromedp.DisableGPU, chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-dev-shm-usage", true))
	alloc, cancelAlloc := chromedp.NewExecAllocator(context.Background(), opts...)
	ctx, cancel := chromedp.NewContext(alloc)
	p := &page{t: t, ctx: ctx}
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(width, height)); err != nil {
		t.Fatalf("start chromium: %v", err)
	}
	watched := make(chan struct{})
	messages := chromedp.Console(ctx)
	go func() {
		defer close(watched)
		for m, err := range messages {
			if err != nil {
				return
			}
			p.note(m)
		}
	}()
	t.Cleanup(func() {
		_ = chromedp.Cancel(ctx)
		cancel()
		cancelAlloc()
		<-watched
		for _, fault := range p.faults {
			t.Errorf("browser console: %s", fault)
		}
	})
	return p
}

func (p *page) note(m chromedp.ConsoleMessage) {
	switch m.Type {
	case chromedp.ConsoleWarning, chromedp.ConsoleError, chromedp.ConsoleException:
		p.mu.Lock()
		defer p.mu.Unlock()
		p.faults = append(p.faults, string(m.Type)+": "+m.Text+" "+m.URL)
	}
}

// do runs the actions as one step that must end within stepTimeout; a failure leaves a screenshot when
// JIQIAO_SCREENSHOTS names a folder.
func (p *page) do(step string, actions ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, stepTimeout)
	defer cancel()
	if err := chromedp.Do(ctx, actions...); err != nil {
		p.screenshot("failed")
		p.t.Fatalf("%s: %v", step, err)
	}
}

// text is what a person can read on the page.
func (p *page) text() string {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, stepTimeout)
	defer cancel()
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string](`document.body.innerText`))
	if err != nil {
		p.t.Fatalf("read the page: %v", err)
	}
	return text
}

// sees waits until the page's text holds every one of the wanted pieces.
func (p *page) sees(wanted ...string) {
	p.t.Helper()
	deadline := time.Now().Add(stepTimeout)
	for {
		text := p.text()
		missing := slices.IndexFunc(wanted, func(w string) bool { return !strings.Contains(text, w) })
		if missing < 0 {
			return
		}
		if time.Now().After(deadline) {
			p.screenshot("failed")
			p.t.Fatalf("the page never showed %q; it shows:\n%s", wanted[missing], text)
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// screenshot keeps the page as NAME.png in the folder JIQIAO_SCREENSHOTS, for a person to look at.
func (p *page) screenshot(name string) {
	dir := os.Getenv("JIQIAO_SCREENSHOTS")
	if dir == "" {
		return
	}
	png, err := chromedp.Run(p.ctx, chromedp.FullScreenshot(100))
	if err != nil {
		p.t.Logf("screenshot %s: %v", name, err)
		return
	}
	file := filepath.Join(dir, strings.ReplaceAll(p.t.Name(), "/", "-")+"-"+name+".png")
	if err := os.WriteFile(file, png, 0o600); err != nil {
		p.t.Log(err)
	}
}
