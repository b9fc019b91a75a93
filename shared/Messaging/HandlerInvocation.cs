using System.Linq.Expressions;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace AccessGov.Messaging;

/// <summary>What a handler may ask for, beside services of the container.</summary>
internal sealed record HandlingContext(IServiceProvider Services, MessageEnvelope Envelope, NpgsqlTransaction Transaction, CancellationToken Cancellation);

/// <summary>A handler method compiled once into a delegate, with the parameters checked against the container.</summary>
internal sealed class HandlerInvocation
{
    private readonly Func<object, HandlingContext, ValueTask<object?>> invoke;

    private HandlerInvocation(Func<object, HandlingContext, ValueTask<object?>> invoke, bool mayReturnMessages)
    {
        this.invoke = invoke;
        MayReturnMessages = mayReturnMessages;
    }

    public bool MayReturnMessages { get; }

    /// <summary>Runs the handler and answers what it returned: null, one message, or several.</summary>
    public ValueTask<object?> InvokeAsync(object message, HandlingContext context) => invoke(message, context);

    /// <exception cref="InvalidOperationException">A parameter cannot be resolved, or what is returned is no message.</exception>
    public static HandlerInvocation Compile(MethodInfo method, MessageCatalog catalog, IServiceProviderIsService services)
    {
        ParameterExpression message = Expression.Parameter(typeof(object), "message");
        ParameterExpression context = Expression.Parameter(typeof(HandlingContext), "context");
        IEnumerable<Expression> arguments = method.GetParameters()
            .Select((parameter, index) => index == 0 ? Expression.Convert(message, parameter.ParameterType) : Argument(method, parameter, context, services));
        (Expression body, Type? returned) = Awaited(Expression.Call(method, arguments), method.ReturnType);
        if (returned is not null && !CanHoldMessages(returned, catalog))
        {
            throw new InvalidOperationException($"{method.DeclaringType}.{method.Name} returns {returned}, which is not a registered message.");
        }

        return new(Expression.Lambda<Func<object, HandlingContext, ValueTask<object?>>>(body, message, context).Compile(), returned is not null);
    }

    private static Expression Argument(MethodInfo method, ParameterInfo parameter, ParameterExpression context, IServiceProviderIsService services)
    {
        PropertyInfo? own = typeof(HandlingContext).GetProperties()
            .FirstOrDefault(property => property.PropertyType == parameter.ParameterType && property.PropertyType != typeof(IServiceProvider));
        if (own is not null)
        {
            return Expression.Property(context, own);
        }

        if (!services.IsService(parameter.ParameterType))
        {
            throw new InvalidOperationException(
                $"{method.DeclaringType}.{method.Name} asks for {parameter.ParameterType} {parameter.Name}, which the container does not have.");
        }

        return Expression.Call(
            typeof(ServiceProviderServiceExtensions), nameof(ServiceProviderServiceExtensions.GetRequiredService), [parameter.ParameterType],
            Expression.Property(context, nameof(HandlingContext.Services)));
    }

    /// <summary>Turns a call of any of the allowed return types into one that answers <c>ValueTask&lt;object?&gt;</c>.</summary>
    private static (Expression Body, Type? Returned) Awaited(MethodCallExpression call, Type type)
    {
        if (type == typeof(void))
        {
            return (Expression.Block(call, Expression.Default(typeof(ValueTask<object?>))), null);
        }

        if (type == typeof(Task) || type == typeof(ValueTask))
        {
            return (Expression.Call(typeof(HandlerInvocation), type == typeof(Task) ? nameof(OfTask) : nameof(OfValueTask), [], call), null);
        }

        if (type.IsGenericType && type.GetGenericTypeDefinition() is { } generic && (generic == typeof(Task<>) || generic == typeof(ValueTask<>)))
        {
            Type[] result = type.GetGenericArguments();
            return (Expression.Call(typeof(HandlerInvocation), generic == typeof(Task<>) ? nameof(OfTask) : nameof(OfValueTask), result, call), result[0]);
        }

        ConstructorInfo completed = typeof(ValueTask<object?>).GetConstructor([typeof(object)])!;
        return (Expression.New(completed, Expression.Convert(call, typeof(object))), type);
    }

    private static bool CanHoldMessages(Type type, MessageCatalog catalog) =>
        type == typeof(object) || type == typeof(OutgoingMessage) || typeof(IEnumerable<object>).IsAssignableFrom(type)
        || catalog.FindName(type) is not null;

    private static async ValueTask<object?> OfTask(Task task)
    {
        await task;
        return null;
    }

    private static async ValueTask<object?> OfValueTask(ValueTask task)
    {
        await task;
        return null;
    }

    private static async ValueTask<object?> OfTask<T>(Task<T> task) => await task;

    private static async ValueTask<object?> OfValueTask<T>(ValueTask<T> task) => await task;
}
