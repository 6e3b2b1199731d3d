// Package rollout brings an online service to every commune in phases and can prove
// how far it is.
//
// A programme (chương trình) has phases (giai đoạn); a commune belongs to a phase
// from a day until a day. In a programme each commune stands at one stage (bước):
// preparing (chuẩn bị), trial (chạy thử), official (chính thức), or live, when the
// service ran there before the programme began. Every change of stage is a dated
// line that is never altered; stepping back is another line with its reason.
//
// A phase has a checklist of criteria. What people say of a criterion (a
// declaration) and what was measured or seen (a verification) are kept apart, each
// with its moment. The gate (cổng điều kiện) of a commune for a stage is a pure
// function of the criteria, the evidence, the waivers and the moment: see Judge. It
// answers met (đạt), unmet (không đạt) or unknown (chưa đủ bằng chứng), and gives no
// reason exactly when it is met. Nobody stores its answer, so evidence that grows
// stale and a waiver that runs out change it by themselves. A waiver (miễn trừ) that
// says 15/11/2016 covers that whole day of the city.
//
// Progress is counted twice and never mixed:
//   - declared: communes whose every must criterion of the official stage is
//     declared met, or that were moved to the official stage;
//   - verified: communes whose gate of the official stage is met by evidence of the
//     kind each criterion asks for, or by a waiver in force. Bare is the same count
//     without waivers.
//
// The plan promises days, so its line is a step: the communes of a phase count from
// the phase's official day on. Communes that were live before are in no count.
//
// A move takes the communes whose gate is met and refuses each other one with its
// reasons. Equipment is the inventory's business: its verdicts arrive as evidence,
// by event and by asking Readiness before a move. A practice dossier that came from one
// end to the other arrives by event, too: it is the test dossier of its commune.
package rollout
