// Package attachment takes files in: it looks at what they are, not at what they are called, refuses what could harm those
// who open them, and reads the text of documents.
package attachment

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"image"
	_ "image/jpeg" // sizes of pictures
	_ "image/png"
	"io"
	"path"
	"strings"

	"github.com/gabriel-vasile/mimetype"

	"jiqiao"
)

// Limits of what is inside a file.
const (
	maxSide     = 12_000     // pixels
	maxPixels   = 50_000_000 // a picture of more takes half a gigabyte to open
	maxEntries  = 5_000      // files in a document
	maxUnpacked = 200 << 20  // bytes of all of them
	// maxRatio bounds how much smaller packing may make a document: text seldom shrinks to a fiftieth.
	maxRatio   = 200
	freeRatio  = 4 << 20 // unpacked bytes to which the ratio does not matter
	sniffBytes = 64 << 10
)

// Found is what a file is.
type Found struct {
	Type          jiqiao.AttachmentType
	Width, Height int
}

func refused(message string, cause error) error {
	return jiqiao.Fail(jiqiao.CodeUnsupported, message, cause)
}

// Inspect tells what the file is by its content. What is none of the types that may be attached, or is one that would harm
// those who open it, is CodeUnsupported.
func Inspect(ctx context.Context, file io.ReaderAt, size int64) (Found, error) {
	if size == 0 {
		return Found{}, jiqiao.Invalid([]jiqiao.FieldError{{Field: "file", Message: "文件是空的，请重新选择"}})
	}
	if size > jiqiao.MaxAttachment {
		return Found{}, jiqiao.Fail(jiqiao.CodeTooLarge, fmt.Sprintf("文件过大，上限为 %d MiB", jiqiao.MaxAttachment>>20), nil)
	}
	head, err := mimetype.DetectReader(io.NewSectionReader(file, 0, min(size, sniffBytes)))
	if err != nil {
		return Found{}, fmt.Errorf("look at the file: %w", err)
	}
	switch {
	case head.Is("application/pdf"):
		return Found{Type: jiqiao.AttachmentPDF}, nil
	case head.Is("image/png"):
		return picture(file, size, jiqiao.AttachmentPNG, "png")
	case head.Is("image/jpeg"):
		return picture(file, size, jiqiao.AttachmentJPEG, "jpeg")
	case isZip(head):
		return office(ctx, file, size)
	default:
		return Found{}, refused("只能上传 PDF、Word（docx）、Excel（xlsx）和 PNG、JPEG 图片；其他格式请先转换", nil)
	}
}

// isZip reports whether the file, or what it is a kind of, is a zip.
func isZip(m *mimetype.MIME) bool {
	for ; m != nil; m = m.Parent() {
		if m.Is("application/zip") {
			return true
		}
	}
	return false
}

func picture(file io.ReaderAt, size int64, t jiqiao.AttachmentType, format string) (Found, error) {
	config, is, err := image.DecodeConfig(io.NewSectionReader(file, 0, size))
	if err != nil || is != format {
		return Found{}, refused("图片已损坏，请重新导出后再上传", err)
	}
	if config.Width > maxSide || config.Height > maxSide || config.Width*config.Height > maxPixels {
		return Found{}, refused(fmt.Sprintf("图片过大（%d×%d 像素），请缩小后再上传", config.Width, config.Height), nil)
	}
	return Found{Type: t, Width: config.Width, Height: config.Height}, nil
}

var errUnpacked = errors.New("the file unpacks to too much")

// office tells a Word document from an Excel workbook, and both from a zip that only looks like one.
func office(ctx context.Context, file io.ReaderAt, size int64) (Found, error) {
	const broken = "文件已损坏，或不是 Word（docx）、Excel（xlsx）文档"
	book, err := zip.NewReader(file, size)
	if err != nil {
		return Found{}, refused(broken, err)
	}
	if len(book.File) > maxEntries {
		return Found{}, refused("文档内部文件过多，请精简后再上传", nil)
	}
	var packed, unpacked uint64
	var found Found
	types := false
	for _, f := range book.File {
		if !safeName(f.Name) {
			return Found{}, refused("文档内部含有不安全的路径，请重新另存后再上传", nil)
		}
		switch name := strings.ToLower(f.Name); {
		case name == "word/document.xml":
			found.Type = jiqiao.AttachmentDocx
		case name == "xl/workbook.xml":
			found.Type = jiqiao.AttachmentXlsx
		case name == "[content_types].xml":
			types = true
		case strings.HasSuffix(name, "vbaproject.bin"), strings.Contains(name, "/activex/"):
			return Found{}, refused("文档含有宏或控件，请另存为不含宏的格式后再上传", nil)
		}
		packed += f.CompressedSize64
		unpacked += f.UncompressedSize64
	}
	if found.Type == "" || !types {
		return Found{}, refused(broken, nil)
	}
	if packed > uint64(size) || tooMuch(unpacked, size) { // entries that overlap
		return Found{}, refused("文档解压后过大，请精简后再上传", nil)
	}
	if err := unpack(ctx, book, size); err != nil {
		return Found{}, err
	}
	return found, nil
}

func tooMuch(unpacked uint64, size int64) bool {
	return unpacked > maxUnpacked || unpacked > freeRatio && unpacked > uint64(size)*maxRatio
}

// unpack reads the whole document once: the sizes that it states may be lies.
func unpack(ctx context.Context, book *zip.Reader, size int64) error {
	total := counter{ctx: ctx, size: size}
	for _, f := range book.File {
		if f.FileInfo().IsDir() {
			continue
		}
		r, err := f.Open()
		if err != nil {
			return refused("文件已损坏，请重新另存后再上传", err)
		}
		_, err = io.Copy(&total, r)
		_ = r.Close() // nothing was written
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, errUnpacked):
			return refused("文档解压后过大，请精简后再上传", err)
		case err != nil:
			return refused("文件已损坏，请重新另存后再上传", err)
		}
	}
	return nil
}

// counter takes bytes until there are too many.
type counter struct {
	ctx  context.Context //nolint:containedctx // it lives as long as one call
	size int64
	n    uint64
}

func (c *counter) Write(p []byte) (int, error) {
	c.n += uint64(len(p))
	if tooMuch(c.n, c.size) {
		return 0, errUnpacked
	}
	return len(p), c.ctx.Err()
}

// safeName reports whether an entry stays where it is unpacked.
func safeName(name string) bool {
	return !strings.ContainsAny(name, "\\\x00") && !path.IsAbs(name) && !strings.HasPrefix(path.Clean("/"+name)+"/", "/../") &&
		!strings.Contains("/"+name+"/", "/../")
}
