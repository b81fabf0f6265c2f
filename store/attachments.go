package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"jiqiao"
)

// Attachments belong to any object by its Ref: a part that has files of its own puts them with the object's Ref and asks
// AttachmentsOf; who may read or add is for the part to know. See api.Options.Attachments for how routes come to them.

const (
	attachmentPrefix = "f_"
	attachmentLabel  = "附件"
	// pieceSize keeps a row small enough for both databases to move it at ease.
	pieceSize = 256 << 10
)

// PutAttachment keeps a file with its content and fills ID, Size, SHA256 and CreatedAt. Too many files, or too large ones
// all together, of one object are CodeConflict. Content beyond MaxAttachment is CodeTooLarge. Text that is to be read is
// left to a job.
func (s *Store) PutAttachment(ctx context.Context, a *jiqiao.Attachment, content io.Reader) error {
	before := *a
	err := s.logged(ctx, "keep an attachment", func(t *logTx) error {
		a.ID, a.CreatedAt, a.Size = t.ids.next(attachmentPrefix), t.now, 0
		if err := t.putPieces(ctx, a, content); err != nil {
			return err
		}
		if err := t.hasRoom(ctx, *a); err != nil {
			return err
		}
		a.TextState = jiqiao.TextNone
		if a.Type.HasText() {
			a.TextState = jiqiao.TextWaiting
			if err := t.enqueue(ctx, jiqiao.NewJob{Kind: jiqiao.JobAttachmentText, Key: a.ID}); err != nil {
				return err
			}
		}
		t.audit(jiqiao.Act{Name: "attachment.add", Object: a.Object, After: map[string]any{"id": a.ID, "type": a.Type, "size": a.Size, "public": a.Public}})
		_, err := t.exec(ctx, `
			INSERT INTO attachments (id, object_type, object_id, name, type, size, sha256, width, height, public, approved, text_state, text,
				user_id, organisation, created_at)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', ?, ?, ?)`,
			a.ID, clean(a.Object.Type), clean(a.Object.ID), clean(a.Name), string(a.Type), a.Size, a.SHA256, a.Width, a.Height, bit(a.Public),
			bit(a.Approved), string(a.TextState), clean(a.User), clean(a.Organisation), micros(a.CreatedAt))
		if err != nil {
			return err
		}
		return t.reviewAgain(ctx, *a)
	})
	if err != nil {
		*a = before
	}
	return err
}

// reviewAgain: a reviewer who looked before a public file came would approve something else.
func (t *logTx) reviewAgain(ctx context.Context, a jiqiao.Attachment) error {
	if !a.Public || a.Approved {
		return nil
	}
	_, err := t.exec(ctx, `UPDATE reviews SET edition = edition + 1 WHERE record_id = ? AND state = 'pending'`, clean(a.Object.ID))
	return err
}

// putPieces writes the content and notes its size and digest.
func (t *tx) putPieces(ctx context.Context, a *jiqiao.Attachment, content io.Reader) error {
	digest := sha256.New()
	buffer := make([]byte, pieceSize)
	for piece := 0; ; piece++ {
		n, err := io.ReadFull(content, buffer)
		if n > 0 {
			if a.Size += int64(n); a.Size > jiqiao.MaxAttachment {
				return jiqiao.Fail(jiqiao.CodeTooLarge, fmt.Sprintf("文件过大，上限为 %d MiB", jiqiao.MaxAttachment>>20), nil)
			}
			digest.Write(buffer[:n])
			_, failed := t.exec(ctx, `INSERT INTO attachment_pieces (attachment_id, piece, data) VALUES (?, ?, ?)`, a.ID, piece, buffer[:n])
			if failed != nil {
				return failed
			}
		}
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			a.SHA256 = hex.EncodeToString(digest.Sum(nil))
			return nil
		case err != nil:
			return fmt.Errorf("read the content: %w", err)
		}
	}
}

// hasRoom checks what the object has already. Who attach at once queue for the log, so none overlooks the other.
func (t *logTx) hasRoom(ctx context.Context, a jiqiao.Attachment) error {
	var files int
	var size int64
	err := t.row(ctx, `SELECT count(*), coalesce(sum(size), 0) FROM attachments WHERE object_id = ? AND object_type = ? AND removed_at IS NULL`,
		[]any{clean(a.Object.ID), clean(a.Object.Type)}, &files, &size)
	switch {
	case err != nil:
		return err
	case files >= jiqiao.MaxAttachments:
		return jiqiao.Fail(jiqiao.CodeConflict, fmt.Sprintf("最多 %d 个附件，请先删除不用的", jiqiao.MaxAttachments), nil)
	case size+a.Size > jiqiao.MaxAttachmentsSize:
		return jiqiao.Fail(jiqiao.CodeConflict, fmt.Sprintf("附件合计最多 %d MiB，请先删除不用的", jiqiao.MaxAttachmentsSize>>20), nil)
	default:
		return nil
	}
}

// AttachmentsOf lists the object's attachments, the oldest first.
func (s *Store) AttachmentsOf(ctx context.Context, object jiqiao.Ref) ([]jiqiao.Attachment, error) {
	found, err := s.reader().attachments(ctx, `object_id = ? AND object_type = ? AND removed_at IS NULL ORDER BY id`, clean(object.ID), clean(object.Type))
	return found, wrap("list attachments", err)
}

// Attachment is the file's description, CodeNotFound when it is not there.
func (s *Store) Attachment(ctx context.Context, id string) (jiqiao.Attachment, error) {
	a, err := s.reader().attachment(ctx, id)
	return a, wrap("read an attachment", err)
}

// RemovedAttachment is the description of a deleted file that can be brought back, CodeNotFound when there is none.
func (s *Store) RemovedAttachment(ctx context.Context, id string) (jiqiao.Attachment, error) {
	a, err := s.reader().removedAttachment(ctx, id, s.clock())
	return a, wrap("read a deleted attachment", err)
}

func (s session) attachment(ctx context.Context, id string) (jiqiao.Attachment, error) {
	return s.oneAttachment(ctx, id, `removed_at IS NULL`)
}

func (s session) removedAttachment(ctx context.Context, id string, now time.Time) (jiqiao.Attachment, error) {
	return s.oneAttachment(ctx, id, `removed_at > ?`, micros(now.Add(-jiqiao.AttachmentUndo)))
}

func (s session) oneAttachment(ctx context.Context, id, where string, args ...any) (jiqiao.Attachment, error) {
	if !hasShape(id, attachmentPrefix) {
		return jiqiao.Attachment{}, notFound(attachmentLabel)
	}
	found, err := s.attachments(ctx, `id = ? AND `+where, append([]any{id}, args...)...)
	if err != nil {
		return jiqiao.Attachment{}, err
	}
	if len(found) == 0 {
		return jiqiao.Attachment{}, notFound(attachmentLabel)
	}
	return found[0], nil
}

func (s session) attachments(ctx context.Context, where string, args ...any) ([]jiqiao.Attachment, error) {
	found := []jiqiao.Attachment{}
	query := `SELECT id, object_type, object_id, name, type, size, sha256, width, height, public, approved, text_state, length(text), user_id,
		organisation, created_at FROM attachments WHERE ` + where
	err := s.each(ctx, query, args, func(scan func(...any) error) error {
		var (
			a                jiqiao.Attachment
			public, approved int
			at               int64
		)
		err := scan(&a.ID, &a.Object.Type, &a.Object.ID, &a.Name, &a.Type, &a.Size, &a.SHA256, &a.Width, &a.Height, &public, &approved,
			&a.TextState, &a.TextRunes, &a.User, &a.Organisation, &at)
		if err != nil {
			return err
		}
		a.Public, a.Approved, a.CreatedAt = public != 0, approved != 0, fromMicros(at)
		found = append(found, a)
		return nil
	})
	return found, err
}

// ReadAttachment writes the file's content to w, a piece at a time.
func (s *Store) ReadAttachment(ctx context.Context, id string, w io.Writer) error {
	if _, err := s.Attachment(ctx, id); err != nil {
		return err
	}
	for piece := 0; ; piece++ {
		var data []byte
		err := s.reader().row(ctx, `SELECT data FROM attachment_pieces WHERE attachment_id = ? AND piece = ?`, []any{id, piece}, &data)
		if errors.Is(err, sql.ErrNoRows) {
			if piece == 0 {
				return notFound(attachmentLabel)
			}
			return nil
		}
		if err != nil {
			return wrap("read an attachment", err)
		}
		if _, err := w.Write(data); err != nil {
			return fmt.Errorf("store: write an attachment: %w", err)
		}
	}
}

// DeleteAttachment removes the file: at once for everybody, for good after jiqiao.AttachmentUndo. The voucher of a payment
// that counts stays: CodeConflict.
func (s *Store) DeleteAttachment(ctx context.Context, id string) error {
	return s.logged(ctx, "delete an attachment", func(t *logTx) error {
		a, err := t.attachment(ctx, id)
		if err != nil {
			return err
		}
		if a.Object.Type == dealRef("").Type {
			if err := t.noVoucher(ctx, a); err != nil {
				return err
			}
		}
		if _, err := t.exec(ctx, `UPDATE attachments SET removed_at = ? WHERE id = ?`, micros(t.now), id); err != nil {
			return err
		}
		if err := t.purgeLater(ctx, id, t.now); err != nil {
			return err
		}
		t.audit(jiqiao.Act{Name: "attachment.delete", Object: a.Object, Before: map[string]any{"id": id, "type": a.Type, "size": a.Size}})
		return t.gatherText(ctx, a.Object)
	})
}

// RestoreAttachment brings a deleted file back, CodeNotFound when it is gone for good; CodeConflict when others took its room.
func (s *Store) RestoreAttachment(ctx context.Context, id string) (jiqiao.Attachment, error) {
	var a jiqiao.Attachment
	err := s.logged(ctx, "bring an attachment back", func(t *logTx) (err error) {
		if a, err = t.removedAttachment(ctx, id, t.now); err != nil {
			return err
		}
		if err := t.hasRoom(ctx, a); err != nil {
			return err
		}
		if _, err := t.exec(ctx, `UPDATE attachments SET removed_at = NULL WHERE id = ?`, id); err != nil {
			return err
		}
		if a.TextState == jiqiao.TextWaiting { // the job that was left for it may have found nothing
			if err := t.enqueue(ctx, jiqiao.NewJob{Kind: jiqiao.JobAttachmentText, Key: id}); err != nil {
				return err
			}
		}
		t.audit(jiqiao.Act{Name: "attachment.restore", Object: a.Object, After: map[string]any{"id": id, "type": a.Type, "size": a.Size}})
		if err := t.reviewAgain(ctx, a); err != nil {
			return err
		}
		return t.gatherText(ctx, a.Object)
	})
	return a, err
}

// PurgeAttachment makes an end of a file that was deleted long enough ago; one that was brought back stays.
func (s *Store) PurgeAttachment(ctx context.Context, id string) error {
	return s.tx(ctx, "purge an attachment", func(t *tx) error {
		var us sql.NullInt64
		err := t.row(ctx, `SELECT removed_at FROM attachments WHERE id = ?`, []any{clean(id)}, &us)
		if errors.Is(err, sql.ErrNoRows) || err == nil && !us.Valid {
			return nil
		}
		if err != nil {
			return err
		}
		if removed := fromMicros(us.Int64); t.now.Sub(removed) < jiqiao.AttachmentUndo { // deleted once more since
			return t.purgeLater(ctx, id, removed)
		}
		for _, table := range []string{`attachment_pieces WHERE attachment_id`, `attachments WHERE id`} {
			if _, err := t.exec(ctx, `DELETE FROM `+table+` = ?`, clean(id)); err != nil {
				return err
			}
		}
		return nil
	})
}

func (t *tx) purgeLater(ctx context.Context, id string, removed time.Time) error {
	return t.enqueue(ctx, jiqiao.NewJob{Kind: jiqiao.JobAttachmentPurge, Key: id, RunAt: removed.Add(jiqiao.AttachmentUndo)})
}

// SetAttachmentText keeps what was read from the file, or that nothing could be.
func (s *Store) SetAttachmentText(ctx context.Context, id, text string, state jiqiao.TextState) error {
	return s.logged(ctx, "keep the text of an attachment", func(t *logTx) error {
		a, err := t.attachment(ctx, id)
		if err != nil {
			return err
		}
		if _, err := t.exec(ctx, `UPDATE attachments SET text = ?, text_state = ? WHERE id = ?`, clean(text), string(state), id); err != nil {
			return err
		}
		return t.gatherText(ctx, a.Object)
	})
}

// approveAttachments lets out the record's public files that waited for review.
func (t *logTx) approveAttachments(ctx context.Context, rec jiqiao.Record) error {
	n, err := t.exec(ctx, `UPDATE attachments SET approved = 1 WHERE object_id = ? AND public = 1 AND approved = 0 AND removed_at IS NULL`, rec.Head().ID)
	if err != nil || n == 0 {
		return err
	}
	return t.gatherText(ctx, refTo(rec))
}

// gatherText makes what is searched of a record's attachments anew, and has the index read the record again. Only files
// that every reader of the record's details may open count.
func (t *logTx) gatherText(ctx context.Context, object jiqiao.Ref) error {
	kind := jiqiao.Kind(object.Type)
	if !kind.Valid() {
		return nil
	}
	var texts []string
	err := t.each(ctx, `SELECT text FROM attachments WHERE object_id = ? AND public = 1 AND approved = 1 AND text <> '' AND removed_at IS NULL ORDER BY id`,
		[]any{object.ID}, func(scan func(...any) error) error {
			var text string
			if err := scan(&text); err != nil {
				return err
			}
			texts = append(texts, text)
			return nil
		})
	if err != nil {
		return err
	}
	text := strings.Join(texts, "\n")
	if runes := []rune(text); len(runes) > jiqiao.MaxAttached {
		text = string(runes[:jiqiao.MaxAttached])
	}
	rec, err := t.load(ctx, kind, object.ID)
	switch {
	case jiqiao.CodeOf(err) == jiqiao.CodeNotFound || err == nil && rec.Head().Attached == text:
		return nil
	case err != nil:
		return err
	}
	_, err = t.exec(ctx, `INSERT INTO record_texts (record_id, text) VALUES (?, ?) ON CONFLICT (record_id) DO UPDATE SET text = excluded.text`,
		object.ID, text)
	if err != nil {
		return err
	}
	if rec.Head().Status == jiqiao.StatusPublished {
		t.shown[object.ID] = true
	}
	return t.log(ctx, kind, object.ID, rec.Head().Version, jiqiao.ChangePut)
}

// regatherText does so after a merge moved files.
func (t *logTx) regatherText(ctx context.Context, kind jiqiao.Kind, ids ...string) error {
	for _, id := range slices.Compact(ids) {
		if err := t.gatherText(ctx, jiqiao.Ref{Type: string(kind), ID: id}); err != nil {
			return err
		}
	}
	return nil
}
