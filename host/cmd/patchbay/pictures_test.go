//go:build unix

package main

import (
	"context"
	"os"
	"path/filepath"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// inTheDark are the pages of which there is a picture in the dark theme, too.
var inTheDark = map[string]bool{"connection": true, "held": true}

// picture writes pictures of the page as it is, NAME.png and, for some,
// NAME-dark.png, into the folder that PATCHBAY_PICTURES names. Without one, or
// without a name, it does nothing.
func (b *tab) picture(name string) {
	b.Helper()
	folder := os.Getenv("PATCHBAY_PICTURES")
	if folder == "" || name == "" {
		return
	}
	still := chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		features := []*emulation.MediaFeature{{Name: "prefers-reduced-motion", Value: "reduce"}}
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: features})
		return err
	})
	b.do(still, until("(scrollTo(0, 0), true)"))
	b.capture(filepath.Join(folder, name+".png"), "light")
	if inTheDark[name] {
		b.capture(filepath.Join(folder, name+"-dark.png"), "dark")
	}
	b.do(until("delete document.documentElement.dataset.theme"))
}

func (b *tab) capture(path, theme string) {
	b.Helper()
	b.do(until("(document.documentElement.dataset.theme = '" + theme + "') != ''"))
	png := ask(b, chromedp.CaptureScreenshot())
	if err := os.WriteFile(path, png, 0o600); err != nil {
		b.Fatal(err)
	}
}
