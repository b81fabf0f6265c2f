package app

import (
	"context"

	"jiqiao"
	"jiqiao/internal/attachment"
)

// openAttachments makes what takes files in. Here stands who reaches the files of which object.
func (a *App) openAttachments() *attachment.Service {
	a.attachments = attachment.New(attachment.Options{
		Store: a.Store, Scanner: attachment.NewScanner(a.cfg.VirusScan), Log: a.log,
		Reach: map[string]attachment.Reach{
			"introduction": func(ctx context.Context, v jiqiao.Viewer, id string, _ bool) error {
				_, err := a.introductions.Introduction(ctx, v, id)
				return err
			},
			"deal": func(ctx context.Context, v jiqiao.Viewer, id string, _ bool) error {
				d, err := a.Store.Deal(ctx, id)
				if err == nil && !v.SeesDeal(d) {
					err = jiqiao.Fail(jiqiao.CodeNotFound, "没有这个对接项目，或您无权查看", nil)
				}
				return err
			},
		},
	})
	return a.attachments
}

// attached checks that the files were attached to the thread, for messages that name them.
func (a *App) attached(ctx context.Context, _ jiqiao.Viewer, thread jiqiao.Ref, files []string) error {
	return a.attachments.Belong(ctx, thread, files)
}

// purgeAttachment does a job of the kind jiqiao.JobAttachmentPurge.
func (a *App) purgeAttachment(ctx context.Context, j jiqiao.Job) error {
	return a.Store.PurgeAttachment(ctx, j.Key)
}
