//! Sign-in with a second factor, a guarded view and a sign-out, in Leptos.

use leptos::prelude::*;
use leptos::task::spawn_local;
use lifeguard_web::{
    Answer, Auth, AuthError, AuthEvent, Challenge, Prompt, SignIn, SignInRequest, User,
};

/// What the page shows.
#[derive(Clone)]
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

/// What the components share. `Auth` stays in the page's one thread.
#[derive(Clone, Copy)]
struct Page {
    auth: StoredValue<Auth, LocalStorage>,
    view: RwSignal<View, LocalStorage>,
    error: RwSignal<Option<String>>,
}

fn main() {
    // Leptos has its own only once something is mounted.
    wasm_bindgen_futures::spawn_local(async {
        match example_auth::auth().await {
            Ok(auth) => mount_to_body(move || view! { <App auth/> }),
            Err(error) => mount_to_body(move || view! { <p role="alert">{error}</p> }),
        }
    });
}

#[component]
fn App(auth: Auth) -> impl IntoView {
    let page = Page {
        auth: StoredValue::new_local(auth.clone()),
        view: RwSignal::new_local(View::Loading),
        error: RwSignal::new(None),
    };
    provide_context(page);
    spawn_local(follow(auth, page));

    view! {
        <main>
            <h1>"Lifeguard in Leptos"</h1>
            {move || match page.view.get() {
                View::Loading => view! { <p>"One moment"</p> }.into_any(),
                View::Form => view! { <SignInForm/> }.into_any(),
                View::Challenged(challenge) => view! { <CodeForm challenge/> }.into_any(),
                View::Inside(user) => view! { <Inside user/> }.into_any(),
            }}
            <p role="alert">{move || page.error.get()}</p>
        </main>
    }
}

/// The guard: what is shown follows the session, whichever tab changes it.
async fn follow(auth: Auth, page: Page) {
    let mut events = auth.events();
    loop {
        match auth.user().await {
            Ok(Some(user)) => page.view.set(View::Inside(user)),
            // A sign-in that is under way goes on.
            Ok(None) if !matches!(page.view.get_untracked(), View::Challenged(_)) => {
                page.view.set(View::Form);
            }
            Ok(None) => {}
            Err(error) => page.error.set(Some(error.to_string())),
        }
        while let AuthEvent::StatusChanged { .. } = events.next().await {}
    }
}

/// Shows how far a sign-in has come.
fn show(page: Page, step: Result<SignIn, AuthError>) {
    page.error.set(None);
    match step {
        Ok(SignIn::SignedIn(user)) => page.view.set(View::Inside(user)),
        Ok(SignIn::Challenge(challenge)) => page.view.set(View::Challenged(challenge)),
        Err(error) => {
            page.error.set(Some(error.to_string()));
            if let Some(challenge) = error.challenge {
                page.view.set(View::Challenged(*challenge));
            }
        }
    }
}

#[component]
fn SignInForm() -> impl IntoView {
    let page = expect_context::<Page>();
    let (username, password) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let request = SignInRequest::password(username.get(), password.get());
        let auth = page.auth.get_value();
        spawn_local(async move { show(page, auth.sign_in(request).await) });
    };
    view! {
        <form on:submit=submit>
            <label>"User name "<input autocomplete="username" bind:value=username/></label>
            <label>"Password "<input type="password" autocomplete="current-password" bind:value=password/></label>
            <button>"Sign in"</button>
        </form>
    }
}

#[component]
fn CodeForm(challenge: Challenge) -> impl IntoView {
    let page = expect_context::<Page>();
    let code = RwSignal::new(String::new());
    let hint = example_auth::hint(&challenge.prompt);
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let (auth, challenge) = (page.auth.get_value(), challenge.clone());
        let answer = match challenge.prompt {
            Prompt::Restart => Answer::Password(code.get()),
            _ => Answer::Code(code.get()),
        };
        spawn_local(async move { show(page, auth.answer_challenge(&challenge, answer).await) });
    };
    view! {
        <form on:submit=submit>
            <p>{hint}</p>
            <label>"Code "<input inputmode="numeric" autocomplete="one-time-code" bind:value=code/></label>
            <button>"Continue"</button>
            <button type="button" on:click=move |_| page.view.set(View::Form)>"Cancel"</button>
        </form>
    }
}

#[component]
fn Inside(user: User) -> impl IntoView {
    let page = expect_context::<Page>();
    let email = example_auth::email(&user);
    let sign_out = move |_| {
        let auth = page.auth.get_value();
        spawn_local(async move {
            if let Err(error) = auth.sign_out(false).await {
                page.error.set(Some(error.to_string()));
            }
        });
    };
    view! {
        <p>"Signed in as "{user.username.clone()}</p>
        <p>{email}</p>
        <button on:click=sign_out>"Sign out"</button>
    }
}
