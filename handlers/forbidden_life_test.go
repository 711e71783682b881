package handlers_test

// lifeRefusals are about rolls after they were handed in: nobody agrees to what he asked for, lets his own late roll in, or speaks for
// another; and no question to a school is seen above its township.
func lifeRefusals() []refusal {
	const (
		sister, host, clerk, village = "host of the sister school", "host inside", "township inside", "village inside"
		other, county, auditor       = "township outside", "county inside", "auditor inside"
		agree                        = `{"ids":["{correction}"],"agree":true}`
		admit                        = `{"sessions":["{late}"]}`
	)
	return []refusal{
		{why: "a host agrees to the change that he asked for", as: host, ask: "POST /api/v1/rolls/corrections", body: agree, want: 403},
		{why: "a host agrees to his change on the page", as: host, ask: "POST /waiting/corrections", body: "ids={correction}&act=agree", want: 403},
		{why: "a village agrees to a change of a closed roll", as: village, ask: "POST /api/v1/rolls/corrections", body: agree, want: 403},
		{why: "a clerk of another township agrees to the change", as: other, ask: "POST /api/v1/rolls/corrections", body: agree, want: 404},
		{why: "a clerk agrees to one of his and one of another township's", as: clerk, ask: "POST /api/v1/rolls/corrections", body: `{"ids":["{correction}","{farcorrection}"],"agree":true}`, want: 404},
		{why: "a clerk declines another township's change", as: clerk, ask: "POST /waiting/corrections", body: "ids={farcorrection}&act=decline&answer=x", want: 404},
		{why: "a clerk declines without a word", as: clerk, ask: "POST /api/v1/rolls/corrections", body: `{"ids":["{correction}"],"agree":false}`, want: 422},
		{why: "the county agrees to a change", as: county, ask: "POST /api/v1/rolls/corrections", body: agree, want: 403},
		{why: "an auditor agrees to a change", as: auditor, ask: "POST /api/v1/rolls/corrections", body: agree, want: 403},
		{why: "a visitor agrees to a change", as: "visitor", ask: "POST /api/v1/rolls/corrections", body: agree, want: 401},
		{why: "a host lists what waits for the township", as: host, ask: "GET /api/v1/rolls/corrections", want: 403},
		{why: "a clerk's list of changes reaches into another township", as: clerk, ask: "GET /api/v1/rolls/corrections", want: 200, lacks: "{farcorrection}"},
		{why: "the host of the sister school reads what was asked about the roll", as: sister, ask: "GET /api/v1/rolls/corrections?session={done}", want: 404},
		{why: "a host lets his late roll in", as: host, ask: "POST /api/v1/rolls/late", body: admit, want: 403},
		{why: "a village lets a late roll in", as: village, ask: "POST /waiting/late", body: "sessions={late}", want: 403},
		{why: "a clerk of another township lets the late roll in", as: other, ask: "POST /api/v1/rolls/late", body: admit, want: 404},
		{why: "a clerk lets in one of his and one of another township's", as: clerk, ask: "POST /waiting/late", body: "sessions={late}&sessions={farlate}", want: 404},
		{why: "a clerk lets in one that is there and one that is not", as: clerk, ask: "POST /api/v1/rolls/late", body: `{"sessions":["{late}","{nobody}"]}`, want: 404},
		{why: "the county lets a late roll in", as: county, ask: "POST /api/v1/rolls/late", body: admit, want: 403},
		{why: "a secretary lets a late roll in", as: "secretary inside", ask: "POST /api/v1/rolls/late", body: admit, want: 403},
		{why: "a clerk's list of late rolls reaches into another township", as: clerk, ask: "GET /api/v1/rolls/late", want: 200, lacks: "{farlate}"},
		{why: "a trainee asks about a row of a roll that has none of his", as: "trainee inside", ask: "POST /api/v1/sessions/{fardone}/dispute", body: `{"state":"present"}`, want: 404},
		{why: "a trainee says that he made it up", as: "trainee inside", ask: "POST /api/v1/sessions/{done}/dispute", body: `{"state":"made_up"}`, want: 422},
		{why: "a clerk, of whom the roll has no row, asks about one", as: clerk, ask: "POST /api/v1/sessions/{done}/dispute", body: `{"state":"present"}`, want: 404},
		{why: "a trainee settles a dispute", as: "trainee inside", ask: "POST /api/v1/rolls/disputes/{dispute}", body: `{"right":true}`, want: 404},
		{why: "the host of the sister school settles the dispute", as: sister, ask: "POST /waiting/disputes/{dispute}", body: "right=true", want: 404},
		{why: "a clerk settles the dispute, which the school's people do", as: clerk, ask: "POST /waiting/disputes/{dispute}", body: "right=true", want: 403},
		{why: "a clerk lists who says that his row is not right", as: clerk, ask: "GET /api/v1/rolls/disputes", want: 403},
		{why: "a host's list of disputes reaches into another school", as: host, ask: "GET /api/v1/rolls/disputes", want: 200, lacks: "{fardispute}"},
		{why: "the county reads what schools are asked about", as: county, ask: "GET /api/v1/rolls/questions", want: 403},
		{why: "an auditor reads what schools are asked about", as: auditor, ask: "GET /api/v1/rolls/questions", want: 403},
		{why: "a secretary reads what schools are asked about", as: "secretary inside", ask: "GET /api/v1/rolls/questions", want: 403},
		{why: "what waits for the county holds a question", as: county, ask: "GET /api/v1/waiting", want: 200, lacks: "{question}"},
		{why: "a clerk answers for the school", as: clerk, ask: "POST /api/v1/rolls/questions/{question}", body: `{"answer":"right"}`, want: 403},
		{why: "the host of the sister school answers for the school", as: sister, ask: "POST /waiting/questions/{question}", body: "answer=right", want: 404},
		{why: "a clerk's list of questions reaches into another township", as: clerk, ask: "GET /api/v1/rolls/questions", want: 200, lacks: "{farquestion}"},
		{why: "a host pastes the text of a phone", as: host, ask: "POST /relay", body: "text={code}", want: 403},
		{why: "a village pastes the text of another township's phone", as: village, ask: "POST /api/v1/relay", body: `{"text":"{farcode}"}`, want: 404},
		{why: "a clerk of another township pastes the text of the phone", as: other, ask: "POST /api/v1/relay", body: `{"text":"{code}"}`, want: 404},
		{why: "the county pastes the text of a phone", as: county, ask: "POST /relay", body: "text={code}", want: 403},
		{why: "a trainee asks for the key of a phone that takes rolls", as: "trainee inside", ask: "POST /api/v1/device/relay-key", body: `{"device":"phone-x"}`, want: 403},
		{why: "a visitor asks for the key of a phone", as: "visitor", ask: "POST /api/v1/device/relay-key", body: `{"device":"phone-x"}`, want: 401},
		{why: "a host says how many his house holds", as: host, ask: "PUT /api/v1/sites/{site}/equipment", body: `{"seats":500}`, want: 403},
		{why: "a clerk of another township says how many the house holds", as: other, ask: "POST /sites/{site}/equipment", body: "seats=500", want: 404},
	}
}
