package jiqiao

// MatchPlace is where a record stands among the matches of one of the other side.
type MatchPlace struct {
	// Rank is the place, from 1; 0 when the record is not among them.
	Rank int `json:"rank"`
	// Candidates is how many were scored.
	Candidates int `json:"candidates"`
	// Recalls are the ways that brought the record before the scorer; none when nothing did.
	Recalls []RecallWay `json:"recalls"`
	// Admitted says whether the record passes the filter that the matches were asked with.
	Admitted bool `json:"admitted"`
}

// RecallWay is a way in which candidates are found.
type RecallWay string

// The ways.
const (
	RecallWords     RecallWay = "words"     // 全文字词
	RecallTitles    RecallWay = "titles"    // 名称用字
	RecallMeaning   RecallWay = "meaning"   // 全文含义
	RecallEmbedding RecallWay = "embedding" // 嵌入模型
)

// Obstacle is one reason why a pair is not shown, with what would change it.
type Obstacle struct {
	// List is what the pair is kept from: the matches of the two records, or the queues of brokers.
	List ObstacleList `json:"list"`
	// Code names the reason, for machines.
	Code    string `json:"code"`
	Message string `json:"message"`
	// Remedy is what would change it; empty where nothing does.
	Remedy string `json:"remedy,omitempty"`
}

// ObstacleList is a list that a pair may be missing from.
type ObstacleList string

// The lists.
const (
	InMatches ObstacleList = "matches" // 匹配结果
	InQueue   ObstacleList = "queue"   // 技术经理人的候选队列
)

// Explanation is one pair with all that is known of how it was judged.
type Explanation struct {
	Match       Match  `json:"match"` // without Record: both stand beside
	Need        Record `json:"need"`
	Achievement Record `json:"achievement"`
	// Forward is the place of the achievement among the need's matches, Backward that of the need among the achievement's.
	Forward  MatchPlace `json:"forward"`
	Backward MatchPlace `json:"backward"`
	// WhyNot is why the pair is not shown; empty when it is.
	WhyNot []Obstacle `json:"why_not"`
	// Queue is where the pair stands in the queues; only for those who read them.
	Queue *QueuePlace `json:"queue,omitempty"`
	// Model is the version that scored the pair, with what it measured.
	Model *ModelVersion `json:"model,omitempty"`
}

// QueuePlace is where a pair stands in the queues of brokers.
type QueuePlace struct {
	// CandidateID, State and Broker are those of the candidate, where the viewer reaches it.
	CandidateID string         `json:"candidate_id,omitempty"`
	State       CandidateState `json:"state,omitempty"`
	StateLabel  string         `json:"state_label,omitempty"`
	Broker      string         `json:"broker,omitempty"`
	// Known says that the pair is or was a candidate, whether the viewer reaches it or not.
	Known bool `json:"known"`
	// Obstacles keep it from the queues.
	Obstacles []Obstacle `json:"-"`
}
