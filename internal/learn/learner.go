package learn

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"jiqiao"
	"jiqiao/matcher/rank"
)

// Registry keeps the versions of models.
type Registry interface {
	Models(ctx context.Context, kind jiqiao.ModelKind) ([]jiqiao.ModelVersion, error)
	PutModel(ctx context.Context, m jiqiao.ModelVersion, body []byte) error
	ActivateModel(ctx context.Context, kind jiqiao.ModelKind, version string) error
	// ActiveModel is CodeNotFound when the model that ships with the program serves.
	ActiveModel(ctx context.Context, kind jiqiao.ModelKind) (jiqiao.ModelVersion, []byte, error)
	// Model is CodeNotFound for a version that the registry lacks.
	Model(ctx context.Context, kind jiqiao.ModelKind, version string) (jiqiao.ModelVersion, []byte, error)
}

// Options are what a Learner works with.
type Options struct {
	Past     Past
	Registry Registry
	// Builtin is the model that ships with the program.
	Builtin *rank.Model
	// Names are the places of a feature vector. Features answers those of a need beside achievements, in their order,
	// under the present texts.
	Names    []string
	Features func(need *jiqiao.Need, achievements []*jiqiao.Achievement) [][]float64
	// Judged reads the graded sets that no model may get worse on; nil is none.
	Judged func(ctx context.Context) ([]Judged, error)
	Now    func() time.Time
	Log    *slog.Logger
}

// Learner tunes the ranker to decisions.
type Learner struct{ o Options }

// New makes a learner.
func New(o Options) *Learner { return &Learner{o} }

const (
	// window is how far back decisions teach: what the texts and the brokers were like before is history.
	window = 2 * 365 * 24 * time.Hour
	// enoughComparisons on enoughNeeds needs that the model that serves has not seen are the least to begin with.
	enoughComparisons = 30
	enoughNeeds       = 8
	// heldOut is the share of these needs, those decided on last, that the comparison keeps away from the tuning.
	heldOut = 0.3
	// versionPrefix names what this package makes.
	versionPrefix = "decisions-"
)

// Outcome is what came of a run.
type Outcome struct {
	// Model is the version that was made or found; zero when there is too little to learn from.
	Model jiqiao.ModelVersion `json:"model"`
	// Activated says that this run made it the one that serves.
	Activated bool `json:"activated"`
	// Message says in Chinese what happened and why.
	Message string `json:"message"`
}

// Learn tunes the ranker to all decisions, keeps the result in the registry, and makes it active when it is no
// worse. The same decisions are not learned from twice; a run that was cut off between keeping and activating is finished
// by the next.
func (l *Learner) Learn(ctx context.Context) (Outcome, error) {
	job, err := l.start(ctx)
	if err != nil {
		return Outcome{}, err
	}
	if err := l.prepare(ctx, job); err != nil {
		return Outcome{}, err
	}
	if message := job.tooLittle(); message != "" {
		return Outcome{Message: message}, nil
	}
	if l.o.Judged != nil {
		if job.judged, err = l.o.Judged(ctx); err != nil {
			return Outcome{}, fmt.Errorf("read judged pairs: %w", err)
		}
	}
	job.version = job.name(l.o.Names)
	version, known, err := l.known(ctx, job.version)
	if err == nil && !known {
		version, err = l.train(ctx, job)
	}
	if err != nil {
		return Outcome{}, err
	}
	return l.finish(ctx, version, job.serving.Version)
}

// start finds the model that serves, and the one it comes from that no decision has changed. Tuning begins at the latter:
// beginning at the former would count the same decisions every night anew. A model that asks for features which this
// version of the program does not have cannot be serving; the one that ships with the program is.
func (l *Learner) start(ctx context.Context) (*job, error) {
	version, serving, err := l.read(l.o.Registry.ActiveModel(ctx, jiqiao.ModelRanker))
	if err != nil {
		return nil, err
	}
	j := &job{serving: serving, root: serving}
	if strings.HasPrefix(version.Version, versionPrefix) {
		j.since = version.CreatedAt
	}
	for strings.HasPrefix(version.Version, versionPrefix) {
		version, j.root, err = l.read(l.o.Registry.Model(ctx, jiqiao.ModelRanker, version.Parent))
		if err != nil {
			return nil, err
		}
	}
	return j, nil
}

// read is the model of a version, and Builtin where there is none that can be used.
func (l *Learner) read(version jiqiao.ModelVersion, body []byte, err error) (jiqiao.ModelVersion, *rank.Model, error) {
	if jiqiao.CodeOf(err) == jiqiao.CodeNotFound {
		return jiqiao.ModelVersion{}, l.o.Builtin, nil
	}
	if err != nil {
		return version, nil, fmt.Errorf("read a ranker: %w", err)
	}
	m, err := rank.Read(bytes.NewReader(body))
	if err == nil {
		_, err = m.Bind(l.o.Names)
	}
	if err != nil {
		l.o.Log.Warn("a ranker cannot be used any more", "version", version.Version, "err", err)
		return jiqiao.ModelVersion{}, l.o.Builtin, nil
	}
	return version, m, nil
}

// known looks for the version in the registry.
func (l *Learner) known(ctx context.Context, version string) (_ jiqiao.ModelVersion, known bool, _ error) {
	models, err := l.o.Registry.Models(ctx, jiqiao.ModelRanker)
	if err != nil {
		return jiqiao.ModelVersion{}, false, fmt.Errorf("list rankers: %w", err)
	}
	at := slices.IndexFunc(models, func(m jiqiao.ModelVersion) bool { return m.Version == version })
	if at < 0 {
		return jiqiao.ModelVersion{}, false, nil
	}
	return models[at], true, nil
}

// train makes the version and keeps it, whether it may serve or not. On decisions a model is measured that was tuned
// without them; the judged sets, which nothing is tuned on, measure the model itself.
func (l *Learner) train(ctx context.Context, j *job) (jiqiao.ModelVersion, error) {
	var none jiqiao.ModelVersion
	serving, err := j.serving.Bind(l.o.Names)
	if err != nil {
		return none, fmt.Errorf("bind ranker %s: %w", j.serving.Version, err)
	}
	t, err := newTuning(j.root, l.o.Names)
	if err != nil {
		return none, fmt.Errorf("tune ranker %s: %w", j.root.Version, err)
	}
	features := func(p pair) []float64 { return j.features[p] }
	learned, kept := j.split()
	partial, err := t.tune(learned, features).Bind(l.o.Names)
	if err != nil {
		return none, fmt.Errorf("bind the tuned ranker: %w", err)
	}
	m := t.tune(j.comparisons, features)
	m.Version, m.Provenance = j.version, j.provenance()
	whole, err := m.Bind(l.o.Names)
	if err != nil {
		return none, fmt.Errorf("bind the tuned ranker: %w", err)
	}
	version := jiqiao.ModelVersion{
		Kind: jiqiao.ModelRanker, Version: m.Version, Parent: j.serving.Version, Provenance: m.Provenance, CreatedAt: l.o.Now(),
	}
	version.Figures, version.Message = j.judge(onDecisions(kept, features, serving, partial), serving, whole)
	version.Accepted = version.Message == ""
	m.Figures = version.Figures
	var body bytes.Buffer
	if err := m.Write(&body); err != nil {
		return none, err
	}
	if err := l.o.Registry.PutModel(ctx, version, body.Bytes()); err != nil {
		return none, fmt.Errorf("keep ranker %s: %w", version.Version, err)
	}
	return version, nil
}

// finish makes an accepted version active that never was. One that was, and no longer is, was rolled back by a person, and
// stays back.
func (l *Learner) finish(ctx context.Context, m jiqiao.ModelVersion, serving string) (Outcome, error) {
	switch {
	case !m.Accepted:
		return Outcome{Model: m, Message: "新模型 " + m.Version + " 已保存，未启用：" + m.Message}, nil
	case m.ActivatedAt != nil:
		return Outcome{Model: m, Message: "没有新的决定，不必再训练；由现有决定训练的模型是 " + m.Version}, nil
	case m.Parent != serving:
		return Outcome{Model: m, Message: "模型 " + m.Version + " 是与 " + m.Parent + " 比较的，而现在由 " + serving + " 服务，未启用；可用 jiqiao models use 启用"}, nil
	}
	if err := l.o.Registry.ActivateModel(ctx, m.Kind, m.Version); err != nil {
		return Outcome{}, fmt.Errorf("activate ranker %s: %w", m.Version, err)
	}
	m.Active = true
	return Outcome{Model: m, Activated: true, Message: "新模型 " + m.Version + " 已启用，不差于 " + m.Parent}, nil
}
