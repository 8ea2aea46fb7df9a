"""Triggers of a pool that asks for the reversed hint: twice, or once after the password where SRP came first."""

# MiniStack allows three answers in all, the password's two among them.
ROUNDS = {"SRP_A": 1, "CUSTOM_CHALLENGE": 2}
TRIES = 3


def define(request, response):
    session = request["session"]
    rounds = [one for one in session if one["challengeName"] == "CUSTOM_CHALLENGE"]
    if session and session[-1]["challengeName"] == "SRP_A":
        response["challengeName"] = "PASSWORD_VERIFIER"
    elif sum(one["challengeResult"] is False for one in rounds) >= TRIES:
        response["failAuthentication"] = True
    elif session and sum(one["challengeResult"] is True for one in rounds) >= ROUNDS[session[0]["challengeName"]]:
        response["issueTokens"] = True
    else:
        response["challengeName"] = "CUSTOM_CHALLENGE"


def create(request, response):
    hint = "round" + str(len(request["session"]))
    response["publicChallengeParameters"] = {"hint": hint, "medium": "carrier pigeon"}
    response["privateChallengeParameters"] = {"answer": hint[::-1]}
    response["challengeMetadata"] = hint


def verify(request, response):
    response["answerCorrect"] = request["challengeAnswer"] == request["privateChallengeParameters"]["answer"]


STEPS = {"DefineAuthChallenge": define, "CreateAuthChallenge": create, "VerifyAuthChallengeResponse": verify}


def handler(event, _context):
    step = STEPS[event["triggerSource"].split("_")[0]]
    response = {"issueTokens": False, "failAuthentication": False} if step is define else {}
    step(event["request"], response)
    event["response"] = response
    return event
