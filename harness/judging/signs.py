"""The names of the judge's features, what each is for, and which way it may count. The numbers come from `features`."""

from __future__ import annotations

# +1: more of it supports; -1: more of it speaks against; 0: only the shape of the input.
SIGNS: dict[str, int] = {
    # how much of the claim the evidence says, 0 to 1
    "covered_sentence": 1,  # in the best sentence
    "covered_window": 1,  # in two sentences that follow each other
    "covered_segment": 1,  # each part of the claim in its best part of the evidence
    "covered_weakest": 1,  # the least covered part
    "covered_context": 1,  # anywhere
    "covered_fresh": 1,  # anywhere, words of the question left out
    "letters_context": 1,  # pairs of letters
    "letters_sentence": 1,
    "letters_triples": 1,
    "amount_met": 1,  # weight of the words met, logarithmic
    "in_order": 1,  # English words met in the claim's order, logarithmic
    "question_known": 1,  # of the question's words
    "question_near": 1,  # of the question's words beside a fragment
    "near_copy": 1,  # by the words of one sentence in their order
    "hedged": 1,  # the claim only says that it may be so
    # words that the evidence does not have
    "novel_nouns": -1,
    "novel_verbs": -1,
    "novel_names": -1,
    "novel_numbers": -1,
    "novel_regions": -1,  # cities, districts, provinces
    "novel_places": -1,  # in the role of a place or class
    "novel_values": -1,  # asserted by a copula
    "novel_meanings": -1,  # of a meaning that the lexicon knows, so that a synonym would have met
    "novel_at_number": -1,  # in a part that states a number
    "other_priced": -1,  # that has the price of something else
    # words that are not where the rest of the claim is said
    "missing_nouns": -1,
    "missing_verbs": -1,
    "missing_names": -1,
    "missing_numbers": -1,
    "place_missing": -1,
    "topic_missing": -1,
    "elsewhere_nouns": -1,  # but in another sentence
    "elsewhere_numbers": -1,
    "across_nouns": -1,  # but in another part of the sentence
    "across_numbers": -1,
    "rival_numbers": -1,  # where that part has another number of the same unit
    "rival_nouns": -1,  # or another word in the same role
    "scattered": -1,  # parts of the claim from different sentences
    "met_by_topic": -1,  # met only by what a part inherits
    # something else stands there
    "number_conflict": -1,
    "unit_conflict": -1,
    "place_conflict": -1,
    "topic_conflict": -1,
    "name_nearly": -1,
    "verb_conflict": -1,
    "opposite": -1,  # open and close, wet and dry
    "other_class": -1,  # recycling and general waste, one district and another
    "denied_verb": -1,
    "denied_noun": -1,
    "denied_outright": -1,  # a part that the evidence says in full, but for the denial
    "denied_elsewhere": -1,  # of the claim's topic the evidence says the opposite
    "denial_added": -1,
    "denial_dropped": -1,
    # only one side says so, by words that are grammar and no content
    "flipped": -1,  # of what both say and one denies, the share that only one denies
    "denies_alone": -1,  # the claim has such a mark, the sentences beside it have none
    "waives_alone": -1,  # need not
    "allows_alone": -1,  # may, can
    "demands_alone": -1,  # must
    "conditions_alone": -1,
    "denies_left_out": -1,  # the sentences beside it have such a mark, the claim has none
    "allows_left_out": -1,
    "conditions_left_out": -1,
    "denies_uneven": -1,  # one side denies once more than the other
    "unmet_run": -1,  # weight of words in a row that the evidence does not have
    # in a copy of a sentence: what differs, the more the nearer the copy
    "copy_denied": -1,
    "put_in_place": -1,  # a word of the claim in the place of another in the sentence that it copies
    "moved": -1,  # a word of the sentence in the place of another of its words
    "put_in": -1,  # a word that the sentence has nothing in place of
    "denial_in_place": -1,  # where one side says the same but for a denial
    "limit_dropped": -1,  # of a thing that has one where its part of the evidence says so
    "limit_left_out": -1,  # under 40 inches, of which the copy says nothing
    "copy_waived": -1,
    "copy_on_condition": -1,
    # the claim says it more generally or more strongly
    "absolute": -1,
    "regardless": -1,
    "only": -1,
    "concession": -1,
    "condition_dropped": -1,
    "strong_added": -1,
    "cause_added": -1,
    # the rest
    "edited_copy": -1,  # a near copy of a sentence, with a deviation
    "surplus": -1,  # share of the evidence's part that the claim leaves out
    "surplus_at_number": -1,
    "said": -1,  # words of the claim, logarithmic: more said, more to be wrong
    "question_far": -1,  # a fragment that stands away from what the question asks
    "topic_far": -1,  # the same for a sentence without a topic
    "answer_kind": -1,  # a fragment of another kind than asked for
    "fragment": 0,
}
# In a near copy of a sentence a deviation is rather a changed fact than another way to say it.
DEVIATIONS = (
    "missing_nouns missing_verbs missing_names missing_numbers denied_verb denied_noun elsewhere_nouns"
    " elsewhere_numbers unit_conflict"
    " place_conflict across_nouns across_numbers scattered opposite other_class verb_conflict name_nearly"
    " rival_numbers rival_nouns denied_elsewhere denied_outright"
    " topic_conflict place_missing absolute regardless only concession limit_dropped"
).split()
# The same where enough of a copy is around it.
EDITS = ("moved", "denial_in_place")
# What counts whatever the evidence speaks of: words that it lacks, and how a fragment stands to its question.
_ANYWAY = frozenset(
    "novel_nouns novel_verbs novel_names novel_numbers missing_nouns missing_verbs missing_names missing_numbers"
    " question_far topic_far answer_kind".split()
)
SCALED = frozenset(name for name, sign in SIGNS.items() if sign < 0 and name not in _ANYWAY) | {"hedged"}
