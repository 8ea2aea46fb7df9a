//! Sign-in with a second factor, a guarded view and a sign-out, in Yew.

use lifeguard_web::{
    Answer, Auth, AuthError, AuthEvent, Challenge, Prompt, SignIn, SignInRequest, User,
};
use wasm_bindgen_futures::spawn_local;
use web_sys::HtmlInputElement;
use yew::prelude::*;

/// What the page shows.
enum View {
    /// Nobody knows yet.
    Loading,
    /// The form for user name and password.
    Form,
    /// The pool wants more.
    Challenged(Challenge),
    /// The guarded part.
    Inside(User),
}

enum Message {
    /// There is a configuration.
    Ready(Result<Auth, String>),
    /// Who is signed in, whichever tab changed it.
    Session(Result<Option<User>, AuthError>),
    /// How far a sign-in has come.
    Step(Result<SignIn, AuthError>),
    SignIn,
    Answer,
    Cancel,
    SignOut,
}

struct App {
    auth: Option<Auth>,
    view: View,
    error: Option<String>,
    username: NodeRef,
    password: NodeRef,
    code: NodeRef,
}

fn main() {
    yew::Renderer::<App>::new().render();
}

/// The guard: what is shown follows the session.
async fn follow(auth: Auth, report: Callback<Result<Option<User>, AuthError>>) {
    let mut events = auth.events();
    loop {
        report.emit(auth.user().await);
        while let AuthEvent::StatusChanged { .. } = events.next().await {}
    }
}

fn text(field: &NodeRef) -> String {
    field.cast::<HtmlInputElement>().map(|input| input.value()).unwrap_or_default()
}

impl Component for App {
    type Message = Message;
    type Properties = ();

    fn create(ctx: &Context<Self>) -> Self {
        ctx.link().send_future(async { Message::Ready(example_auth::auth().await) });
        let (username, password, code) = Default::default();
        Self { auth: None, view: View::Loading, error: None, username, password, code }
    }

    fn update(&mut self, ctx: &Context<Self>, message: Message) -> bool {
        let link = ctx.link();
        self.error = None;
        match message {
            Message::Ready(Ok(auth)) => {
                spawn_local(follow(auth.clone(), link.callback(Message::Session)));
                self.auth = Some(auth);
            }
            Message::Ready(Err(error)) => self.error = Some(error),
            Message::Session(Ok(Some(user))) | Message::Step(Ok(SignIn::SignedIn(user))) => {
                self.view = View::Inside(user);
            }
            // A sign-in that is under way goes on.
            Message::Session(Ok(None)) if matches!(self.view, View::Challenged(_)) => {}
            Message::Session(Ok(None)) | Message::Cancel => self.view = View::Form,
            Message::Step(Ok(SignIn::Challenge(challenge))) => {
                self.view = View::Challenged(challenge);
            }
            Message::Session(Err(error)) | Message::Step(Err(error)) => {
                self.error = Some(error.to_string());
                if let Some(challenge) = error.challenge {
                    self.view = View::Challenged(*challenge);
                }
            }
            Message::SignIn => {
                let Some(auth) = self.auth.clone() else { return false };
                let request = SignInRequest::password(text(&self.username), text(&self.password));
                link.send_future(async move { Message::Step(auth.sign_in(request).await) });
            }
            Message::Answer => {
                let (Some(auth), View::Challenged(challenge)) = (self.auth.clone(), &self.view)
                else {
                    return false;
                };
                let (challenge, code) = (challenge.clone(), text(&self.code));
                let answer = match challenge.prompt {
                    Prompt::Restart => Answer::Password(code),
                    _ => Answer::Code(code),
                };
                link.send_future(async move {
                    Message::Step(auth.answer_challenge(&challenge, answer).await)
                });
            }
            Message::SignOut => {
                let Some(auth) = self.auth.clone() else { return false };
                // The events of the session change the view.
                spawn_local(async move { drop(auth.sign_out(false).await) });
            }
        }
        true
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let link = ctx.link();
        let submit = |message: fn() -> Message| {
            link.callback(move |event: SubmitEvent| {
                event.prevent_default();
                message()
            })
        };
        let shown = match &self.view {
            View::Loading => html! { <p>{ "One moment" }</p> },
            View::Form => html! {
                <form onsubmit={submit(|| Message::SignIn)}>
                    <label>{ "User name " }<input ref={&self.username} autocomplete="username"/></label>
                    <label>
                        { "Password " }
                        <input ref={&self.password} type="password" autocomplete="current-password"/>
                    </label>
                    <button>{ "Sign in" }</button>
                </form>
            },
            View::Challenged(challenge) => html! {
                <form onsubmit={submit(|| Message::Answer)}>
                    <p>{ example_auth::hint(&challenge.prompt) }</p>
                    <label>
                        { "Code " }
                        <input ref={&self.code} inputmode="numeric" autocomplete="one-time-code"/>
                    </label>
                    <button>{ "Continue" }</button>
                    <button type="button" onclick={link.callback(|_| Message::Cancel)}>
                        { "Cancel" }
                    </button>
                </form>
            },
            View::Inside(user) => html! {
                <>
                    <p>{ "Signed in as " }{ &user.username }</p>
                    <p>{ example_auth::email(user) }</p>
                    <button onclick={link.callback(|_| Message::SignOut)}>{ "Sign out" }</button>
                </>
            },
        };
        html! {
            <main>
                <h1>{ "Lifeguard in Yew" }</h1>
                { shown }
                <p role="alert">{ self.error.clone() }</p>
            </main>
        }
    }
}
