package intake

import (
	"context"
	"fmt"
	"os"

	"jiqiao"
	"jiqiao/internal/sheet"
)

// This file does checks again that the end of a process cut off: the file lies there, and its sender is known.

// maxTries bounds how often a file is checked again: it may be what brings the process down.
const maxTries = 3

// recheck reads the kept file again, if it is ours and nobody is at it. What ends the check but the end of ctx ends the
// import, with the reason in its report.
func (s *Service) recheck(ctx context.Context, imp jiqiao.Import) error {
	if !exists(s.uploadPath(imp.ID)) {
		return nil // another process's
	}
	release, ok := s.claim(imp.ID)
	if !ok {
		return nil
	}
	defer release()
	imp, err := s.store.GetImport(ctx, imp.ID)
	if err != nil || imp.State != jiqiao.ImportChecking {
		return err // who was at it has ended meanwhile
	}
	if err := s.ready(ctx); err != nil {
		return err
	}
	s.log.InfoContext(ctx, "import checked again", "import", imp.ID)
	if err := s.checkAgain(ctx, &imp); err != nil {
		if ctx.Err() != nil {
			return err // the next start does it
		}
		return s.abandon(ctx, &imp, err)
	}
	return nil
}

func (s *Service) checkAgain(ctx context.Context, imp *jiqiao.Import) error {
	if err := s.try(imp.ID); err != nil {
		return err
	}
	ctx, err := s.asSender(ctx, imp)
	if err != nil {
		return err
	}
	from, err := s.senderOf(ctx, imp.Kind)
	if err != nil {
		return err
	}
	if from.owner.ID != imp.Organisation {
		return jiqiao.Fail(jiqiao.CodeForbidden, "上传的人已不在原来的单位，没有写入任何内容，请重新上传", nil)
	}
	release, err := s.turn(ctx)
	if err != nil {
		return err
	}
	defer release()
	if err := s.store.DropStaged(ctx, imp.ID); err != nil {
		return fmt.Errorf("clear the stage: %w", err)
	}
	r, err := sheet.Open(s.uploadPath(imp.ID), imp.Kind, s.limits)
	if err != nil {
		return err
	}
	defer s.closeReader(r)
	*imp = jiqiao.Import{
		ID: imp.ID, Kind: imp.Kind, FileName: imp.FileName, Key: imp.Key, State: imp.State, Rows: r.Total(),
		Organisation: imp.Organisation, User: imp.User, CreatedAt: imp.CreatedAt,
	}
	return s.check(ctx, from, r, imp)
}

// try counts one more attempt, before it is made.
func (s *Service) try(id string) error {
	f, err := os.OpenFile(s.triesPath(id), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("count the attempts: %w", err)
	}
	defer f.Close()
	if _, err := f.WriteString("x"); err != nil {
		return fmt.Errorf("count the attempts: %w", err)
	}
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("count the attempts: %w", err)
	}
	if info.Size() > maxTries {
		return jiqiao.Fail(jiqiao.CodeInvalid, "检查这个文件时服务几次中断，没有写入任何内容，请拆成几个文件重新上传", nil)
	}
	return nil
}

// asSender acts as who sent the file, with the rights that they have now.
func (s *Service) asSender(ctx context.Context, imp *jiqiao.Import) (context.Context, error) {
	v := jiqiao.Viewer{Organisation: imp.Organisation}
	if imp.User != "" {
		r, err := s.store.Recipient(ctx, imp.User)
		if err != nil {
			return ctx, fmt.Errorf("read who sent the file: %w", err)
		}
		if !r.Active {
			return ctx, jiqiao.Fail(jiqiao.CodeForbidden, "上传的账号已停用或锁定，没有写入任何内容，请重新上传", nil)
		}
		v = r.Viewer
	}
	return jiqiao.WithOrigin(ctx, jiqiao.Origin{Viewer: v}), nil
}
